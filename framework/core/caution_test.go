package core

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every code is in the list, and in the table of docs/conventions.md that says what to do about it.
func TestCautionCodes(t *testing.T) {
	source, err := os.ReadFile("caution.go")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("../../docs/conventions.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []CautionCode
	for _, m := range regexp.MustCompile(`CautionCode = "(.*)"`).FindAllStringSubmatch(string(source), -1) {
		named = append(named, CautionCode(m[1]))
		if !strings.Contains(string(table), "\n| `"+m[1]+"` | ") {
			t.Errorf("docs/conventions.md does not list %s", m[1])
		}
	}
	if len(named) < 20 || !slices.Equal(named, CautionCodes) {
		t.Errorf("the list is %v, and the codes are %v", CautionCodes, named)
	}
}
