package wire

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Plugins describe themselves, and run files, terminals and results rely on it.
// So what they say is checked here, whatever language said it.

// Bounds of texts, in bytes. The longest of the built-in parts has 250.
const (
	longestName = 64
	longestText = 2000
)

// checkText refuses what would garble a terminal or flood it.
func checkText(what, s string, most int) error {
	if len(s) > most {
		return fmt.Errorf("%s has %d bytes, more than %d", what, len(s), most)
	}
	if strings.ContainsFunc(s, garbles) {
		return fmt.Errorf("%s %q has a control character", what, s)
	}
	return nil
}

// garbles tells whether a character is for a terminal and not for a reader.
func garbles(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// checkName refuses what cannot be written in a run file without quotes.
func checkName(what, s string) error {
	switch {
	case s == "":
		return fmt.Errorf("%s is empty", what)
	case len(s) > longestName:
		return fmt.Errorf("%s has %d bytes, more than %d", what, len(s), longestName)
	case strings.ContainsFunc(s, func(r rune) bool {
		return !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}):
		return fmt.Errorf("%s %q has other characters than letters, digits, _ and -", what, s)
	}
	return nil
}

// repeated returns the first that is there twice.
func repeated[T comparable](all []T) (twice T, found bool) {
	for i, v := range all {
		if slices.Contains(all[:i], v) {
			return v, true
		}
	}
	return twice, false
}

// first returns the first error of checks that are made in turn.
func first(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func checkPowers(kind core.PartKind, has []core.Power) error {
	for _, p := range has {
		if known := core.PowersOf(kind); !slices.Contains(known, p) {
			return fmt.Errorf("the power %q is unknown; those of kind %s are %v", p, kind, known)
		}
	}
	if p, twice := repeated(has); twice {
		return fmt.Errorf("the power %q is there twice", p)
	}
	return nil
}

func checkPrecisions(m *core.Manifest) error {
	if len(m.Precisions) > 0 && m.Kind != core.KindModel {
		return fmt.Errorf("it has precisions and is %s; only a model has them", m.Kind.One())
	}
	for _, p := range m.Precisions {
		if !slices.Contains(core.Precisions, p) {
			return fmt.Errorf("the precision %.*q is none of %v", longestName, p, core.Precisions)
		}
	}
	if p, twice := repeated(m.Precisions); twice {
		return fmt.Errorf("the precision %q is there twice", p)
	}
	return nil
}

// checkManifest completes a part's self-description, or says what is wrong.
func checkManifest(m *core.Manifest) error {
	if err := first(
		func() error { return checkName("its name", m.Name) },
		func() error { return checkText("its version", m.Version, longestName) },
		func() error { return checkText("its summary", m.Summary, longestText) },
		func() error { return checkText("its reference", m.Reference, longestText) },
		func() error { return checkPowers(m.Kind, m.Powers) },
	); err != nil {
		return err
	}
	if known := []core.Source{core.OfEither, core.OfModel, core.OfData}; m.Kind == core.KindObjective && !slices.Contains(known, m.Source) {
		return fmt.Errorf("its source is %.*q, and must be %q, %q or absent", longestName, m.Source, core.OfModel, core.OfData)
	}
	if err := checkPrecisions(m); err != nil {
		return err
	}
	for _, s := range m.Spaces {
		if known := core.SpaceKinds(); !slices.Contains(known, s) {
			return fmt.Errorf("the space %q is none of %v", s, known)
		}
	}
	var names []string
	for i := range m.Params {
		p := &m.Params[i]
		if err := checkParam(p); err != nil {
			return err
		}
		names = append(names, p.Name)
	}
	if name, twice := repeated(names); twice {
		return fmt.Errorf("the key %s is there twice", name)
	}
	return checkConditions(m.Params)
}

// checkConditions refuses keys that have an effect with what there is not.
func checkConditions(params []core.Param) error {
	for _, p := range params {
		if p.Only == nil {
			continue
		}
		if !slices.ContainsFunc(params, func(of core.Param) bool { return of.Name == p.Only.Key && of.Name != p.Name }) {
			return fmt.Errorf("the key %s has an effect with %.*q, which is no other key", p.Name, longestName, p.Only.Key)
		}
		for _, v := range p.Only.Values {
			if err := checkText("a value that "+p.Name+" has an effect with", v, longestText); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkParam checks the description of a key, and gives the default its type.
func checkParam(p *core.Param) error {
	if err := checkName("the name of a key", p.Name); err != nil {
		return err
	}
	if slices.Contains(core.ReservedKeys, p.Name) {
		return fmt.Errorf("the key %s is taken: every part has it", p.Name)
	}
	number := false
	switch p.Type {
	case core.TypeInt, core.TypeFloat, core.TypeFloats, core.TypeTable:
		number = true
	case core.TypeBool, core.TypeString, core.TypeStrings:
	default:
		return fmt.Errorf("the key %s has the unknown type %q", p.Name, p.Type)
	}
	if err := first(
		func() error { return checkText("the unit of "+p.Name, p.Unit, longestName) },
		func() error { return checkText("the help of "+p.Name, p.Help, longestText) },
		func() error { return checkChoices(p) },
	); err != nil {
		return err
	}
	bounded := p.Min != nil || p.Max != nil || p.Above != nil || p.Below != nil
	switch {
	case bounded && !number:
		return fmt.Errorf("the key %s has bounds and is no number", p.Name)
	case p.File && p.Type != core.TypeString:
		return fmt.Errorf("the key %s names a file and is no string", p.Name)
	case empty(p):
		return fmt.Errorf("the key %s has bounds that no number keeps", p.Name)
	}
	return typeDefault(p)
}

func checkChoices(p *core.Param) error {
	if len(p.Choices) > 0 && p.Type != core.TypeString {
		return fmt.Errorf("the key %s has choices and is no string", p.Name)
	}
	for _, c := range p.Choices {
		if err := checkText("a choice of "+p.Name, c, longestText); err != nil {
			return err
		}
	}
	if c, twice := repeated(p.Choices); twice {
		return fmt.Errorf("the key %s has the choice %q twice", p.Name, c)
	}
	return nil
}

// empty tells whether no number keeps the bounds of p.
func empty(p *core.Param) bool {
	for _, low := range []*float64{p.Min, p.Above} {
		for _, high := range []*float64{p.Max, p.Below} {
			if low != nil && high != nil && (*low > *high || *low == *high && (low == p.Above || high == p.Below)) {
				return true
			}
		}
	}
	return false
}

// typeDefault converts a decoded default to the type that its key declares, by
// completing an empty table: it has to keep the key's own bounds and choices.
func typeDefault(p *core.Param) error {
	if p.Required {
		p.Default = nil
		return nil
	}
	full, problems := core.Complete([]core.Param{*p}, core.Settings{p.Name: plain(p.Default)})
	if len(problems) > 0 {
		return fmt.Errorf("the default of %w", problems[0])
	}
	p.Default = full[p.Name]
	if text, ok := p.Default.(string); ok {
		return checkText("the default of "+p.Name, text, longestText)
	}
	return nil
}
