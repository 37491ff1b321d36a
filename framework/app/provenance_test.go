package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestFollowKeepsWarningsAndNotesRebuiltPlugins(t *testing.T) {
	earlier := core.RunInfo{
		Warnings:    []string{"resumed at step 7 of 9"},
		PluginsJSON: `[{"kind":"model","name":"van","sha256":"aaaa"},{"kind":"energy","name":"ring","sha256":"bbbb"}]`,
	}
	for _, c := range []struct {
		model, energy string
		notes         int
	}{{"aaaa", "bbbb", 0}, {"aaaa", "cccc", 1}, {"dddd", "cccc", 2}} {
		p := &provenance{plugins: []pluginRecord{
			{Kind: core.KindModel, Name: "van", SHA256: c.model},
			{Kind: core.KindEnergy, Name: "ring", SHA256: c.energy},
		}}
		notes := p.follow(earlier)
		if len(notes) != c.notes || !slices.Equal(p.Warnings, append([]string{earlier.Warnings[0]}, notes...)) {
			t.Errorf("model %s, energy %s: notes %q, warnings %q", c.model, c.energy, notes, p.Warnings)
		}
		if c.notes > 0 && !strings.Contains(notes[len(notes)-1], "energy ring") {
			t.Errorf("notes %q do not name the energy", notes)
		}
	}
}
