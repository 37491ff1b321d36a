package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

func TestErrorsSurvive(t *testing.T) {
	full := &core.Error{Kind: core.Storage, Op: "open energy", Subject: "couplings.csv", Err: fs.ErrNotExist, Hint: "give a file"}
	for _, want := range []error{
		full,
		&core.Error{Kind: core.Numeric},
		fmt.Errorf("chunk 3: %w", full),
		errors.New("something"),
	} {
		data, err := proto.Marshal(ErrorToProto(want))
		if err != nil {
			t.Fatal(err)
		}
		var p wirepb.Error
		if err := proto.Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
		got := ErrorFromProto(&p)
		if got.Error() != want.Error() || core.KindOf(got) != core.KindOf(want) {
			t.Errorf("%v (%v) came back as %v (%v)", want, core.KindOf(want), got, core.KindOf(got))
		}
	}
	var e *core.Error
	if !errors.As(ErrorFromProto(ErrorToProto(full)), &e) || e.Op != full.Op || e.Subject != full.Subject || e.Hint != full.Hint {
		t.Errorf("fields came back as %+v", e)
	}
	for _, kind := range []core.Kind{core.Busy, core.Interrupted, 99, -1} {
		if got := core.KindOf(ErrorFromProto(&wirepb.Error{Kind: int32(kind), Text: "x"})); got != core.Internal {
			t.Errorf("a part's error of kind %v came as %v", kind, got)
		}
	}
	if ErrorFromProto(ErrorToProto(nil)) != nil {
		t.Error("no error came back as one")
	}
}

func TestSettingsSurvive(t *testing.T) {
	params := []core.Param{
		{Name: "seed", Type: core.TypeInt}, {Name: "J", Type: core.TypeFloat}, {Name: "x", Type: core.TypeFloat},
		{Name: "z2", Type: core.TypeBool}, {Name: "lattice", Type: core.TypeString}, {Name: "betas", Type: core.TypeFloats}, {Name: "constants", Type: core.TypeTable},
	}
	// 2^63-1 has more digits than a float64; 0.1 has no finite binary form;
	// 3 is a float that looks like an integer.
	want := core.Settings{"seed": int64(math.MaxInt64), "J": 3.0, "x": 0.1, "z2": true, "lattice": "\"q\"\n", "betas": []float64{1, 0.1, 5e-324}, "constants": map[string]float64{"k": 2, "x_0": 0.1}}
	data, err := EncodeSettings(want)
	if err != nil {
		t.Fatal(err)
	}
	given, err := DecodeSettings(data)
	if err != nil {
		t.Fatal(err)
	}
	got, problems := core.Complete(params, given)
	if len(problems) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("settings came back as %#v, problems %v", got, problems)
	}
	if _, err := EncodeSettings(core.Settings{"x": math.NaN()}); err == nil {
		t.Error("NaN was encoded")
	}
}

func TestDescriptionSurvives(t *testing.T) {
	params := core.SchemaOf(struct {
		L     int       `key:"L" min:"1" opt:"required" help:"edge"`
		Seed  uint64    `key:"seed" help:"instance"`
		J     float64   `key:"J" unit:"J" above:"-2" max:"9" help:"coupling"`
		Kind  string    `key:"kind" choices:"a,b" help:"which"`
		File  string    `key:"file" opt:"file" help:"path"`
		On    bool      `key:"on" help:"switch"`
		Betas []float64 `key:"betas" help:"list"`
	}{L: 0, Seed: 1<<62 + 1, J: 1, Kind: "b", On: true, Betas: []float64{1, 2}})
	params[0].Default = nil // required: there is none
	want := Description{Name: "x", Version: "v1", Protocols: []int{1, 2}, Parts: []core.Manifest{
		{Kind: core.KindModel, Name: "x", Version: "1", Summary: "s", Reference: "r", Spaces: []core.SpaceKind{core.Spins}, Powers: []core.Power{core.PowerPath}, Params: params}}}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseDescription(data)
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("came back as %+v, error %v", got, err)
	}
}

func TestCommon(t *testing.T) {
	for _, c := range []struct {
		a, b []int
		want int
	}{{[]int{1, 2}, []int{2, 3}, 2}, {[]int{1, 2}, []int{1, 2}, 2}, {[]int{1}, []int{2}, 0}} {
		if got := Common(c.a, c.b); got != c.want {
			t.Errorf("Common(%v, %v) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestFloatsSurviveAsBytes(t *testing.T) {
	want := []float64{0, math.Copysign(0, -1), 1.5, math.Inf(1), math.Float64frombits(0x7ff8000000000123), 5e-324}
	data := Append(nil, want)
	if !bytes.Equal(data[16:24], []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}) {
		t.Errorf("1.5 is %x, want its IEEE 754 bytes from the least significant on", data[16:24])
	}
	for i, x := range Decode[float64](nil, data) {
		if math.Float64bits(x) != math.Float64bits(want[i]) {
			t.Errorf("number %d came back as %v, want %v", i, x, want[i])
		}
	}
}

func newSegment(t *testing.T, size uint64) (*Segment, *Mapping) {
	t.Helper()
	s, err := NewSegment(size)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { s.Close() })
	m, err := OpenMapping(fmt.Sprintf("/proc/self/fd/%d", s.File().Fd()), s.State())
	if err != nil {
		t.Fatal(err)
	}
	return s, m
}

func TestSegmentGrows(t *testing.T) {
	s, m := newSegment(t, 100)
	here, _ := View[float64](s, 8, 3)
	copy(here, []float64{1, 2, 3})
	there, err := View[float64](m, 8, 3)
	if err != nil || there[2] != 3 {
		t.Fatalf("the plugin sees %v, error %v", there, err)
	}
	before := s.State()
	if err := s.Ensure(1 << 20); err != nil {
		t.Fatal(err)
	}
	if after := s.State(); after.Generation == before.Generation || after.Size < 1<<20 {
		t.Errorf("state %v after growing, was %v", after, before)
	}
	if _, err := View[float64](m, 1<<19, 1); err == nil {
		t.Error("the plugin reaches memory it has not mapped")
	}
	if err := m.Update(s.State()); err != nil {
		t.Fatal(err)
	}
	far, err := View[float64](m, 1<<19, 1)
	if err != nil {
		t.Fatal(err)
	}
	far[0] = 7
	if back, _ := View[float64](s, 1<<19, 1); back[0] != 7 {
		t.Error("the host does not see what the plugin wrote")
	}
	if again, _ := View[float64](m, 8, 3); again[1] != 2 || there[1] != 2 {
		t.Error("growing lost what was there, or the old mapping")
	}
}

func TestSegmentBounds(t *testing.T) {
	s, m := newSegment(t, 4096)
	size := s.State().Size
	for _, c := range []struct{ offset, n uint64 }{
		{size, 1}, {size - 8, 2}, {0, size/8 + 1}, {4, 1}, {math.MaxUint64 - 7, 1}, {0, math.MaxUint64}, {8, 1 << 61},
	} {
		if _, err := View[float64](m, c.offset, c.n); err == nil {
			t.Errorf("%d numbers at byte %d of %d were accepted", c.n, c.offset, size)
		}
	}
	if v, err := View[float64](m, size, 0); err != nil || len(v) != 0 {
		t.Errorf("nothing at the end: %v, %v", v, err)
	}
	if v, _ := View[float64](m, size-8, 1); cap(v) != 1 {
		t.Errorf("a slice has room for %d numbers, want 1", cap(v))
	}
	// The host may have lied about the size; touching beyond would be fatal.
	if err := m.Update(&wirepb.Segment{Generation: 99, Size: size + 1<<20}); err == nil {
		t.Error("mapped beyond the end of the file")
	}
	// A plugin that shrinks the file would make the host's next access fatal.
	if err := s.File().Truncate(0); err == nil {
		t.Error("the file can be shrunk")
	}
}

// The generated code is what the script makes of wire.proto today. The first
// lines name the compiler's version, which may differ.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	if _, err := exec.LookPath("protoc"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	if out, err := exec.Command("wirepb/generate.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	code := func(dir, name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(text), "\npackage ")
		return body
	}
	for _, name := range []string{"wire.pb.go", "wire_grpc.pb.go"} {
		if now := code(dir, name); now != code("wirepb", name) || now == "" {
			t.Errorf("%s is out of date: run go generate ./framework/internal/wire/...", name)
		}
	}
}

func TestBlank(t *testing.T) {
	for _, n := range []int{0, 1, 511, 512, 513, 5000} { // around the size of a block
		x, k := make([]float64, n), make([]int32, n)
		Blank(x)
		Blank(k)
		for i := range n {
			if !math.IsNaN(x[i]) || k[i] != math.MinInt32 {
				t.Fatalf("of %d, number %d is %v and %v", n, i, x[i], k[i])
			}
		}
		if first, count := Blanks(x); first != 0 || count != n {
			t.Errorf("%d blanks from %d, want %d from 0", count, first, n)
		}
		for i := range n - n/3 { // the last third stays, and any other NaN is written
			x[i], k[i] = math.NaN(), -1
		}
		first, count := Blanks(x)
		if firstK, countK := Blanks(k); first != n-n/3 || count != n/3 || firstK != first || countK != count {
			t.Errorf("of %d, %d blanks from %d and %d from %d, want the last %d", n, count, first, countK, firstK, n/3)
		}
	}
	for place := range 19 { // eight are looked at together
		x := make([]float64, 19)
		Blank(x[place : place+1])
		if first, count := Blanks(x); first != place || count != 1 {
			t.Errorf("%d blanks from %d, want 1 from %d", count, first, place)
		}
	}
}
