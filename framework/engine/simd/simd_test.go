package simd

import (
	"slices"
	"strings"
	"testing"
)

func TestLevelsHaveNames(t *testing.T) {
	for l, name := range []string{"generic", "avx2", "avx512"} {
		if got, err := parse(name, AVX512); got != Level(l) || err != nil || got.String() != name {
			t.Errorf("%q is level %v, %v", name, got, err)
		}
	}
	if got := Names(); len(got) != 3 || got[0] != Generic.String() {
		t.Errorf("names %q", got)
	}
}

func TestWhatCannotBeHadIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		most Level
		text string
	}{
		{"sse", AVX512, `must be one of generic, avx2, avx512, got "sse"`},
		{"AVX2", AVX512, `got "AVX2"`},
		{"", AVX512, `got ""`},
		{"avx512", AVX2, "this processor or this build does not have avx512; it has generic, avx2"},
		{"avx2", Generic, "it has generic"},
	} {
		if _, err := parse(c.name, c.most); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%q of %v: %v", c.name, c.most, err)
		}
	}
}

// A process that cannot have what it is told starts with what is best.
func TestLevelAtFirst(t *testing.T) {
	for _, c := range []struct {
		name       string
		most, want Level
	}{{"", AVX2, AVX2}, {"generic", AVX512, Generic}, {"avx512", AVX2, AVX2}, {"sse", AVX512, AVX512}} {
		if got := atFirst(c.name, c.most); got != c.want {
			t.Errorf("%q of %v: %v, want %v", c.name, c.most, got, c.want)
		}
	}
}

func TestUseTellsAll(t *testing.T) {
	before := InUse()
	defer Use(before)
	var seen []Level
	Follow(func(l Level) { seen = append(seen, l) })
	Use(Generic)
	if want := []Level{before, Generic}; !slices.Equal(seen, want) || InUse() != Generic {
		t.Errorf("told %v, want %v; in use %v", seen, want, InUse())
	}
	defer func() {
		if recover() == nil {
			t.Error("a level above the best was taken")
		}
	}()
	Use(AVX512 + 1)
}
