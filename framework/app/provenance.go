package app

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
	"github.com/helmholtz-physics/helmholtz/framework/host"
)

// provenance says what is about to be run, by what and where.
type provenance struct {
	core.RunInfo
	plugins []pluginRecord
}

func (s *session) info() (*provenance, error) {
	config, err := s.plan.JSON()
	if err != nil {
		return nil, err
	}
	records := []pluginRecord{recordOf(s.energy)}
	if s.model != nil {
		records = []pluginRecord{recordOf(s.model), records[0]}
	}
	for _, o := range s.opened {
		if !o.of.Builtin {
			records = append(records, recordOf(o.of))
		}
	}
	plugins, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	var warnings []string
	for _, r := range records {
		if r.Attached {
			warnings = append(warnings, fmt.Sprintf("%s %s %s was served by a process that somebody else had started (%s): of which files is not known",
				r.Kind, r.Name, r.Version, host.ReattachKey))
		}
	}
	hostname, _ := os.Hostname()
	return &provenance{plugins: records, RunInfo: core.RunInfo{
		ID:             strconv.FormatInt(time.Now().UnixNano(), 36),
		Name:           s.plan.Name,
		Creator:        "helmholtz",
		CreatorVersion: version(),
		GitRevision:    revision(),
		GoVersion:      runtime.Version(),
		Hostname:       hostname,
		Kernels:        simd.InUse().String(),
		Threads:        s.threads.N,
		ThreadsSource:  s.threads.Source,
		ConfigTOML:     s.plan.Source,
		ConfigJSON:     string(config),
		PluginsJSON:    string(plugins),
		Warnings:       warnings,
	}}, nil
}

// pluginRecord is what the results keep of a plugin that took part.
type pluginRecord struct {
	Kind     core.PartKind `json:"kind"`
	Name     string        `json:"name"`
	Version  string        `json:"version"`
	SHA256   string        `json:"sha256"`
	Protocol int           `json:"protocol"`
	File     string        `json:"file"`
	// Files are those that it is made of besides, SHA-256 by name.
	Files map[string]string `json:"files,omitempty"`
	// Attached tells that somebody else started it, and no files are known.
	Attached bool `json:"attached,omitempty"`

	path string // of File
}

func recordOf(f *host.Found) pluginRecord {
	r := pluginRecord{Kind: f.Kind, Name: f.Name, Version: f.Version, SHA256: f.SHA256(), Protocol: f.Protocol,
		File: filepath.Base(f.File), Attached: f.Attached, path: f.File}
	for i, file := range f.Files() {
		if i == 1 {
			r.Files = map[string]string{}
		}
		if i > 0 {
			r.Files[file.Name] = file.SHA256
		}
	}
	return r
}

// differs tells of what a plugin is made now and was not then, "" where it is the same.
func (now pluginRecord) differs(then pluginRecord) string {
	if now.Attached || then.Attached { // each run says so of itself
		return ""
	}
	if now.SHA256 != then.SHA256 {
		return fmt.Sprintf("%s has sha256 %.12s..., was %.12s...", now.File, now.SHA256, then.SHA256)
	}
	for _, name := range slices.Sorted(maps.Keys(now.Files)) {
		if now.Files[name] != then.Files[name] && then.Files != nil {
			return fmt.Sprintf("%s has sha256 %.12s..., was %.12s...", name, now.Files[name], cmp.Or(then.Files[name], "not there"))
		}
	}
	return ""
}

func revision() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

// follow takes over the warnings of the run that this one continues, and adds
// a note for every plugin that has been rebuilt since: its numbers may differ.
func (p *provenance) follow(earlier core.RunInfo) (notes []string) {
	var before []pluginRecord
	if json.Unmarshal([]byte(earlier.PluginsJSON), &before) == nil {
		for _, now := range p.plugins {
			for _, old := range before {
				if old.Kind != now.Kind || old.Name != now.Name {
					continue
				}
				if what := now.differs(old); what != "" {
					notes = append(notes, fmt.Sprintf("%s %s %s: it is not the one that began this run (%s)", now.Kind, now.Name, now.Version, what))
				}
			}
		}
	}
	p.Warnings = append(append(p.Warnings, earlier.Warnings...), notes...)
	return notes
}
