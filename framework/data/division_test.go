package data

import (
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The rule of Noise, from the outputs of seed 1234567 as Rosetta Code lists them for
// splitmix64: uniform number 2 is of the third output, normal number 1 of third and fourth.
func TestNoise(t *testing.T) {
	n := Noise{1234567}
	if got, want := n.Uniform(2), float64(uint64(9817491932198370423)>>11)*0x1p-53; got != want {
		t.Errorf("uniform number 2 is %v, want %v", got, want)
	}
	// sqrt(-2 ln u) cos(2 pi v) in Python 3.11 with u = ((9817491932198370423 >> 11) + 1)/2^53
	// and v = (4593380528125082431 >> 11)/2^53.
	if got, want := n.Normal(1), 0.007002816605280716; got < want-1e-15 || got > want+1e-15 {
		t.Errorf("normal number 1 is %v, want %v", got, want)
	}
}

func TestSplitByRows(t *testing.T) {
	s, err := Division{Train: "2:5", Validation: ":2", Test: "7:"}.Split(9)
	if err != nil || !slices.Equal(s.Train, []int{2, 3, 4}) || !slices.Equal(s.Validation, []int{0, 1}) || !slices.Equal(s.Test, []int{7, 8}) {
		t.Errorf("%v, %v", s, err)
	}
	if s, err = (Division{}).Split(3); err != nil || !slices.Equal(s.Train, []int{0, 1, 2}) || s.Validation != nil || s.Test != nil {
		t.Errorf("without a word: %v, %v", s, err)
	}
}

// Shares tile the rows in a random order, the same for a seed.
func TestSplitByShares(t *testing.T) {
	d := Division{Train: "0.7", Validation: "0.2", Test: "0.1", Seed: 1}
	const n = 1797
	s, err := d.Split(n)
	if err != nil {
		t.Fatal(err)
	}
	// 0.7 and 0.9 times 1797 are 1257.9 and 1617.3.
	if len(s.Train) != 1258 || len(s.Validation) != 1617-1258 || len(s.Test) != n-1617 {
		t.Errorf("%d, %d and %d rows", len(s.Train), len(s.Validation), len(s.Test))
	}
	all := slices.Concat(s.Train, s.Validation, s.Test)
	slices.Sort(all)
	for k, row := range all {
		if row != k {
			t.Fatalf("row %d is %d of all", row, k)
		}
	}
	if !slices.IsSorted(s.Test) || s.Test[0] == 1617 { // the place of the first without a shuffle
		t.Errorf("test rows %v", s.Test)
	}
	// The first rows of Perm(5) with seed 1, by the rule written out in Python: order [2, 1, 4, 3, 0].
	if s, err = (Division{Train: "0.4", Seed: 1}).Split(5); err != nil || !slices.Equal(s.Train, []int{1, 2}) {
		t.Errorf("%v, %v", s, err)
	}
	again, _ := d.Split(n)
	d.Seed = 2
	other, _ := d.Split(n)
	if first, _ := (Division{Train: "0.7", Validation: "0.2", Test: "0.1", Seed: 1}).Split(n); !slices.Equal(first.Test, again.Test) || slices.Equal(other.Test, again.Test) {
		t.Error("the rows do not follow from the seed")
	}
}

func TestSplitNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		d    Division
		want string
	}{
		{Division{Train: "0:6", Test: "5:10"}, `train = "0:6" and test = "5:10" share the rows 5:6`},
		{Division{Train: "0:6", Validation: "6:8", Test: "7:10"}, `validation = "6:8" and test = "7:10" share the rows 7:8`},
		{Division{Train: "0:11"}, `train = "0:11" goes beyond the 10 rows of the data`},
		{Division{Train: "0:5", Test: "5:5"}, `test = "5:5" has no rows`},
		{Division{Train: "0:5", Test: "12:"}, `test = "12:" has no rows`},
		{Division{Train: "-1:5"}, `train = "-1:5" is not FROM:TO`},
		{Division{Train: "0:5:6"}, `train = "0:5:6" is not FROM:TO`},
		{Division{Train: "0:5", Test: "0.1"}, "some parts are rows (FROM:TO) and some are shares"},
		{Division{Test: "5:10"}, "no rows are for training"},
		{Division{Train: "0.9", Test: "0.2"}, "the shares up to test add up to 1.1, more than 1"},
		{Division{Train: "0.9", Test: "0.01"}, `test = "0.01" has no rows of the 10 of the data`},
		{Division{Train: "80"}, `train = "80" is neither FROM:TO nor a share above 0 and up to 1`},
		{Division{Train: "nan"}, `train = "nan" is neither`},
		{Division{Train: "most"}, `train = "most" is neither`},
	} {
		if s, err := c.d.Split(10); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, error %v, want %q", c.d, s, err, c.want)
		}
	}
}
