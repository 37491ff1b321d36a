package plan

import (
	"regexp"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Env returns the names in run.env, for who starts parts to check the file. It
// leaves out what Check refuses.
func (f *File) Env() []string {
	given, ok := f.table("run")["env"]
	if !ok {
		return nil
	}
	full, _ := core.Complete([]core.Param{{Name: "env", Type: core.TypeStrings}}, core.Settings{"env": given})
	names, _ := full["env"].([]string)
	var good []string
	for _, name := range names {
		if variableName.MatchString(name) && !ofHandshake(name) && !ranks.OfLauncher(name) {
			good = append(good, name)
		}
	}
	return good
}

// checkEnv finds what cannot be handed to a plugin. It shows nothing of what
// may be a value.
func checkEnv(r *report, names []string) {
	for _, name := range names {
		switch before, _, value := strings.Cut(name, "="); {
		case value:
			r.add("run.env", "run.env has %q, which is not the name of a variable: values are not written here, they come from the environment", before+"...")
		case !variableName.MatchString(name):
			r.add("run.env", "run.env has %q, which is not the name of a variable", name)
		case ofHandshake(name):
			r.add("run.env", "run.env has %s, which helmholtz sets itself", name)
		case ranks.OfLauncher(name):
			r.add("run.env", "run.env has %s, by which a launcher as mpirun gives helmholtz its place in a parallel job: a plugin must not take it", name)
		}
	}
}

// ofHandshake tells whether a host sets a variable for the plugins it starts.
func ofHandshake(name string) bool {
	return name == "HELMHOLTZ_PLUGIN" || strings.HasPrefix(name, "PLUGIN_")
}
