package app

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Each point of a sweep starts its plugins anew, as their files are then: one that is built
// again while the sweep runs serves the points that follow. Where nobody said that this is meant,
// their results are those of another program than the points before, and say so.

// renewed tells which plugins are not as in the points before, and what the results keep of it.
func (f *runFlags) renewed(p *provenance) (notes, warnings []string) {
	if f.used == nil {
		f.used = map[string]pluginRecord{}
	}
	for _, now := range p.plugins {
		key := fmt.Sprintf("%s\x00%s\x00%s", now.Kind, now.Name, now.path)
		then, known := f.used[key]
		if !known || f.reload {
			f.used[key] = now
		}
		what := ""
		if known {
			what = now.differs(then)
		}
		switch part := fmt.Sprintf("%s %s %s", now.Kind, now.Name, now.Version); {
		case what == "":
		case f.reload:
			notes = append(notes, fmt.Sprintf("%s is loaded again (%s)", part, what))
		default:
			text := fmt.Sprintf("%s: it is not the one that served the points before (%s)", part, what)
			notes = append(notes, text+"; --reload says that this is meant")
			warnings = append(warnings, text)
		}
	}
	return notes, warnings
}

// pluginsOfPoints is what the points of a sweep say of their plugins, a list with null where one is not done.
func pluginsOfPoints(points []*core.Results) string {
	all := make([]json.RawMessage, len(points))
	for i, p := range points {
		all[i] = json.RawMessage("null")
		if p != nil && json.Valid([]byte(p.Run.PluginsJSON)) {
			all[i] = json.RawMessage(p.Run.PluginsJSON)
		}
	}
	text, _ := json.Marshal(all) // of valid JSON
	return string(text)
}

// variants are lines about the plugins that are not the same in all points of a sweep.
func variants(pluginsJSON string) (lines []string) {
	var points [][]pluginRecord
	if json.Unmarshal([]byte(pluginsJSON), &points) != nil {
		return nil
	}
	type variant struct {
		text   string
		points []string
	}
	parts := map[string][]*variant{}
	for i, records := range points {
		for _, r := range records {
			part := fmt.Sprintf("%s %s", r.Kind, r.Name)
			text := r.text()
			at := slices.IndexFunc(parts[part], func(v *variant) bool { return v.text == text })
			if at < 0 {
				at = len(parts[part])
				parts[part] = append(parts[part], &variant{text: text})
			}
			v := parts[part][at]
			v.points = append(v.points, fmt.Sprint(i))
		}
	}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		if len(parts[part]) < 2 {
			continue
		}
		for _, v := range parts[part] {
			lines = append(lines, fmt.Sprintf("%s %s: points %s", part, v.text, strings.Join(v.points, ", ")))
		}
	}
	return lines
}

// text is short for version and files.
func (r pluginRecord) text() string {
	if r.Attached {
		return r.Version + " (attached)"
	}
	sum := r.SHA256
	if len(r.Files) > 0 { // one hash of all
		all := sha256.New()
		fmt.Fprintln(all, r.SHA256)
		for _, name := range slices.Sorted(maps.Keys(r.Files)) {
			fmt.Fprintln(all, r.Files[name], name)
		}
		sum = fmt.Sprintf("%x", all.Sum(nil))
	}
	return fmt.Sprintf("%s (%.12s...)", r.Version, sum)
}
