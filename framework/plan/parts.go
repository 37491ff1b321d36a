package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// parts checks the tables of the parts.
type parts struct {
	*report
	plan     *Plan
	manifest func(kind core.PartKind, ref PartPlan) (core.Manifest, error)
	compiled []core.Manifest
	energy   *core.Manifest // nil where it was not found
}

// longestName of a part: it is part of a file's name.
const longestName = 100

var hexDigest = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// check reads the table at key into part and returns its manifest, nil where
// there is none.
func (c *parts) check(kind core.PartKind, key string, part *PartPlan) *core.Manifest {
	table, ok := c.tableAt(kind, key)
	if !ok {
		return nil
	}
	reserved := core.SchemaOf(partDefaults)
	own, ref := core.Settings{}, core.Settings{}
	for name, value := range table {
		if slices.ContainsFunc(reserved, func(p core.Param) bool { return p.Name == name }) {
			ref[name] = value
		} else {
			own[name] = value
		}
	}
	m := c.find(kind, key, join(key, "plugin"), ref, part)
	if m == nil {
		return nil
	}
	part.Settings, ok = c.complete(key, m.Params, own)
	c.precision(key, ref, part, m)
	for _, p := range m.Params {
		if p.Only.Holds(part.Settings) {
			part.keys = append(part.keys, p.Name)
		}
	}
	if ok {
		c.files(func(string) string { return key }, m.Params, part.Settings)
	}
	return m
}

// find finds the part that the keys ref of a table mean, whose name stands at the dotted
// key named; nil where problems were added.
func (c *parts) find(kind core.PartKind, table, named string, ref core.Settings, part *PartPlan) *core.Manifest {
	before := len(c.list)
	*part = section(c.report, table, ref, partDefaults)
	if len(part.Plugin) > longestName {
		c.add(named, "%s must be the name of a part, got %s", named, core.Shorten(strconv.Quote(part.Plugin)))
	}
	if part.SHA256 != "" && !hexDigest.MatchString(part.SHA256) {
		c.add(join(table, "sha256"), "%s.sha256 must be 64 hexadecimal digits, as sha256sum prints them", table)
	}
	if len(part.Average) > 0 && kind != core.KindModel {
		c.add(join(table, "average"), "%s.average: only the density of a model is averaged", table)
	}
	wanted := c.constraint(table, part.Version)
	if len(c.list) > before {
		return nil
	}
	part.SHA256 = strings.ToLower(part.SHA256)
	part.Path = c.plan.resolve(part.Path)
	m, err := c.manifest(kind, *part)
	if err != nil {
		if part.Path != "" {
			named = join(table, "path")
		}
		c.addKind(core.KindOf(err), named, err, err.Error())
		return nil
	}
	if part.Path != "" {
		c.note(join(table, "path"), part.Path)
	}
	c.version(table, wanted, part, m)
	return &m
}

// precision checks the host's key for the arithmetic of a model, and puts it to the
// settings of one that has a choice.
func (c *parts) precision(table string, given core.Settings, part *PartPlan, m *core.Manifest) {
	key := join(table, "precision")
	switch p := core.Precision(part.Precision); {
	case given["precision"] == nil:
	case m.Kind != core.KindModel:
		c.add(key, "%s: only a model has a precision", key)
		return
	case !m.Computes(p):
		c.add(key, "%s: model %q does not compute in %s; %s", key, m.Name, p, c.computing(p))
		return
	}
	if len(m.Precisions) > 0 {
		part.Settings["precision"] = part.Precision
	}
}

// computing says which of the compiled models compute in a precision.
func (c *parts) computing(p core.Precision) string {
	var names []string
	for _, m := range c.compiled {
		if m.Kind == core.KindModel && m.Computes(p) {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return "no model of this program does"
	}
	slices.Sort(names)
	return "those that do are " + strings.Join(names, ", ")
}

// constraint reads a constraint on versions; an empty one allows all.
func (c *parts) constraint(key, text string) []bound {
	if text == "" {
		return nil
	}
	all, err := parseConstraint(text)
	if err != nil {
		c.add(key+".version", "%s.version: %v", key, err)
	}
	return all
}

// version checks what a part says of itself.
func (c *parts) version(key string, wanted []bound, part *PartPlan, m core.Manifest) {
	if len(wanted) == 0 {
		return
	}
	v, err := parseVersion(m.Version)
	if err != nil {
		c.add(key+".version", "%s.version asks for %s, and the version of %s %q cannot be compared: %v", key, part.Version, m.Kind, m.Name, err)
		return
	}
	for _, b := range wanted {
		if !b.allows(v) {
			c.add(key+".version", "%s %q has version %s, and %s.version asks for %s", m.Kind, m.Name, m.Version, key, part.Version)
			return
		}
	}
}

func (c *parts) tableAt(kind core.PartKind, key string) (core.Settings, bool) {
	if kind == core.KindEstimator {
		i, _ := strconv.Atoi(strings.TrimPrefix(key, "estimator."))
		return c.file.list("estimator")[i], true
	}
	t, ok := c.file.tree[key].(map[string]any)
	return t, ok
}

// setName is what a data set may be called, which no file of the folder is.
var setName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// files makes the file names of settings absolute and notes what the files hold.
// table is that of a key in the resolved run file.
func (c *parts) files(table func(key string) string, params []core.Param, settings core.Settings) {
	for _, p := range params {
		name, _ := settings[p.Name].(string)
		if !p.File || name == "" {
			continue
		}
		path := c.plan.resolve(name)
		if _, err := os.Stat(path); err != nil && p.Named && setName.MatchString(name) {
			continue
		}
		settings[p.Name] = path
		c.note(join(table(p.Name), p.Name), path)
	}
}

// note notes what the file holds that a dotted key names.
func (c *parts) note(key, path string) {
	digest, err := digestFile(path)
	if err != nil {
		c.add(key, "%s: %v", key, err)
		return
	}
	c.plan.Files[key] = digest
}

// resolve takes a relative path from the run file's folder.
func (p *Plan) resolve(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.Dir, path)
}

func digestFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", errors.Join(err, fmt.Errorf("%s is not a regular file", path))
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// spaces checks that a part understands a kind of configuration that the
// energy can have; an empty list is every kind.
func (c *parts) spaces(key string, kind core.PartKind, part, energy *core.Manifest) {
	if part == nil || energy == nil || len(part.Spaces) == 0 || len(energy.Spaces) == 0 {
		return
	}
	for _, s := range part.Spaces {
		if slices.Contains(energy.Spaces, s) {
			return
		}
	}
	c.mismatch(key+".plugin", "%s %q works on %s, but energy %q has %s", kind, part.Name, spaceKinds(part.Spaces), energy.Name, spaceKinds(energy.Spaces))
}

func spaceKinds(kinds []core.SpaceKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, " or ")
}
