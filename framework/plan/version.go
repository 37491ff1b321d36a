package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// version is a semantic version (semver.org), of which minor and patch may be
// left out and what follows a plus sign means nothing.
type version struct {
	numbers [3]uint64
	before  string // a pre-release, which comes before the release
}

var versionPattern = regexp.MustCompile(`^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$`)

func parseVersion(text string) (version, error) {
	var v version
	m := versionPattern.FindStringSubmatch(text)
	if m == nil {
		return v, fmt.Errorf("%q is not a version like 1.2.0", text)
	}
	for i := range v.numbers {
		v.numbers[i], _ = strconv.ParseUint(m[1+i], 10, 64) // left out is 0
	}
	v.before = m[4]
	return v, nil
}

func (v version) compare(w version) int {
	for i, n := range v.numbers {
		if c := cmp.Compare(n, w.numbers[i]); c != 0 {
			return c
		}
	}
	if v.before == "" || w.before == "" { // the release is the later one
		return cmp.Compare(len(w.before), len(v.before))
	}
	return comparePreReleases(strings.Split(v.before, "."), strings.Split(w.before, "."))
}

// comparePreReleases compares word by word, numbers as numbers and before
// other words; of two that agree the longer is later.
func comparePreReleases(a, b []string) int {
	for i := range min(len(a), len(b)) {
		x, errX := strconv.ParseUint(a[i], 10, 64)
		y, errY := strconv.ParseUint(b[i], 10, 64)
		var c int
		switch {
		case errX == nil && errY == nil:
			c = cmp.Compare(x, y)
		case errX == nil:
			c = -1
		case errY == nil:
			c = 1
		default:
			c = strings.Compare(a[i], b[i])
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// bound is one condition of a constraint.
type bound struct {
	sign string
	version
}

var boundPattern = regexp.MustCompile(`^(>=|<=|!=|=|>|<)?\s*(\S+)$`)

// parseConstraint reads conditions like ">= 1.2, < 2", all of which must hold;
// a version without a sign is that version.
func parseConstraint(text string) ([]bound, error) {
	var all []bound
	for _, condition := range strings.Split(text, ",") {
		m := boundPattern.FindStringSubmatch(strings.TrimSpace(condition))
		if m == nil {
			return nil, fmt.Errorf(`%q is not a condition like ">= 1.2"`, strings.TrimSpace(condition))
		}
		v, err := parseVersion(m[2])
		if err != nil {
			return nil, err
		}
		all = append(all, bound{m[1], v})
	}
	return all, nil
}

func (b bound) allows(v version) bool {
	c := v.compare(b.version)
	switch b.sign {
	case ">=":
		return c >= 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case "<":
		return c < 0
	case "!=":
		return c != 0
	}
	return c == 0
}
