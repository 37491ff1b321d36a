package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

// A lock file stands beside its run file and says of which files the plugins are made, by names
// that are the same wherever they are installed. What is built in is not locked: it is in the
// binary, of which the results keep version and revision.

// lockName is the lock file of a run file: ring.lock.toml of ring.toml.
func lockName(file string) string { return strings.TrimSuffix(file, ".toml") + ".lock.toml" }

// lockFile is what stands in a lock file.
type lockFile struct {
	Helmholtz string         `toml:"helmholtz"` // that wrote it; not compared
	Plugins   []lockedPlugin `toml:"plugin"`
}

type lockedPlugin struct {
	Kind    string `toml:"kind"`
	Name    string `toml:"name"`
	Version string `toml:"version"`
	File    string `toml:"file"`
	SHA256  string `toml:"sha256"`
	// Files are those that it is made of besides, SHA-256 by name.
	Files map[string]string `toml:"files,omitempty"`
}

func lockCommand(parts builtins) *cobra.Command {
	b := binding{builtins: parts, unlocked: true}
	cmd := &cobra.Command{
		Use:   "lock FILE",
		Short: "Write down of which files the plugins of a run file are made, so that others are refused",
		Long: "Check a run file completely, each point of its [sweep], and write NAME.lock.toml beside\n" +
			"NAME.toml: version and SHA-256 of each plugin, and of all files that it is made of. run,\n" +
			"check and all other commands that read the run file then refuse plugins that differ,\n" +
			"and so does evaluate of a folder in which a locked run left its results.\n" +
			"There are no paths in it, so that it goes with the run file to other machines. Run it again\n" +
			"where a change is meant, and remove the file to lock nothing.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeRunFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			sweep, points, err := b.read(args[0])
			if err != nil {
				return err
			}
			found := map[string]*host.Found{}
			err = b.checkPoints(cmd.Context(), sweep, points, func(_ int, s *session) error {
				for name, f := range s.found {
					if !f.Builtin {
						found[name] = f
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			lock := lockOf(found)
			if err := lock.write(lockName(args[0])); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			for _, p := range lock.Plugins {
				fmt.Fprintf(out, "%s %s %s: %s", p.Kind, p.Name, p.Version, p.File)
				if n := len(p.Files); n > 0 {
					fmt.Fprintf(out, " and %d more", n)
				}
				fmt.Fprintln(out)
			}
			if len(lock.Plugins) == 0 {
				fmt.Fprintln(out, "all parts are built in; any plugin will be refused")
			}
			fmt.Fprintf(out, "written to %s\n", lockName(args[0]))
			return nil
		},
	}
	b.flags(cmd)
	return cmd
}

// lockOf is the lock of plugins that were found, in an order that does not depend on how.
func lockOf(found map[string]*host.Found) *lockFile {
	lock := &lockFile{Helmholtz: version()}
	for _, f := range found {
		files := f.Files()
		p := lockedPlugin{Kind: string(f.Kind), Name: f.Name, Version: f.Version, File: files[0].Name, SHA256: files[0].SHA256}
		for _, file := range files[1:] {
			if p.Files == nil {
				p.Files = map[string]string{}
			}
			p.Files[file.Name] = file.SHA256
		}
		lock.Plugins = append(lock.Plugins, p)
	}
	key := func(p lockedPlugin) string { return strings.Join([]string{p.Kind, p.Name, p.File, p.SHA256}, "\x00") }
	slices.SortFunc(lock.Plugins, func(a, b lockedPlugin) int { return strings.Compare(key(a), key(b)) })
	lock.Plugins = slices.CompactFunc(lock.Plugins, func(a, b lockedPlugin) bool { return key(a) == key(b) })
	return lock
}

// write replaces the file as a whole.
func (l *lockFile) write(path string) error {
	var text bytes.Buffer
	fmt.Fprintln(&text, "# Written by helmholtz lock. Plugins that differ are refused; where a change is meant, lock again.")
	encoder := toml.NewEncoder(&text)
	encoder.Indent = ""
	if err := encoder.Encode(l); err != nil {
		return err
	}
	return replace.File(path, func(w *os.File) error {
		_, err := text.WriteTo(w)
		return err
	})
}

// keepLock puts the lock file of the run file into a run folder, as that of its resolved run file: so whatever reads that, to
// evaluate or to run it again, is held to the plugins of the run. A run that is not locked leaves none.
func (b *binding) keepLock(folder *store.Folder) error {
	name := lockName(store.ResolvedFile)
	if b.lock != nil {
		return folder.WriteText(name, b.lockText)
	}
	if err := os.Remove(folder.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &core.Error{Kind: core.Storage, Op: "run", Subject: folder.Path(name), Err: core.WithoutPath(err)}
	}
	return nil
}

// readLock reads the lock file of a run file, nil where there is none, and its text.
func readLock(runFile string) (*host.Lock, string, error) {
	path := lockName(runFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	fail := func(err error) (*host.Lock, string, error) {
		return nil, "", &core.Error{Kind: core.Invalid, Op: "read lock", Subject: path, Err: err,
			Hint: fmt.Sprintf("helmholtz lock %s writes it anew", runFile)}
	}
	if err != nil {
		return fail(core.WithoutPath(err))
	}
	var file lockFile
	meta, err := toml.Decode(string(text), &file)
	if err != nil {
		return fail(err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fail(fmt.Errorf("%s is not a known key", unknown[0]))
	}
	lock := &host.Lock{File: path}
	for _, p := range file.Plugins {
		if p.Kind == "" || p.Name == "" || p.File == "" || p.SHA256 == "" {
			return fail(errors.New("a plugin has no kind, name, file or sha256"))
		}
		files := map[string]string{p.File: strings.ToLower(p.SHA256)}
		for name, sum := range p.Files {
			files[name] = strings.ToLower(sum)
		}
		lock.Plugins = append(lock.Plugins, host.Locked{Kind: core.PartKind(p.Kind), Name: p.Name, Version: p.Version, File: p.File, Files: files})
	}
	return lock, string(text), nil
}
