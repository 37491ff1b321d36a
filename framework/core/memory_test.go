package core

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each source alone, as the kernel and Slurm write it, and the least of several.
func TestMemoryLimit(t *testing.T) {
	const giga = 1 << 30
	for name, c := range map[string]struct {
		files map[string]string
		env   map[string]string
		want  Limit
	}{
		"nothing": {want: Limit{math.Inf(1), "no limit is known"}},
		"MemAvailable": {files: map[string]string{"proc/meminfo": "MemTotal:  8388608 kB\nMemAvailable:  4194304 kB\n"},
			want: Limit{4 * giga, "MemAvailable"}},
		"group version 2": {files: map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "2147483648\n"},
			want: Limit{2 * giga, "control group, memory.max"}},
		"group of the outside": {files: map[string]string{"proc/self/cgroup": "0::/docker/1234\n", "sys/fs/cgroup/memory.max": "1073741824\n"},
			want: Limit{giga, "control group, memory.max"}},
		"group version 1": {files: map[string]string{"proc/self/cgroup": "9:cpu,cpuacct:/x\n5:memory:/x\n", "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "3221225472\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, want: Limit{3 * giga, "control group, memory.limit_in_bytes"}},
		"group version 1, none": {files: map[string]string{"proc/self/cgroup": "5:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"},
			want: Limit{math.Inf(1), "no limit is known"}},
		"ulimit -v": {files: map[string]string{"proc/self/limits": "Limit  Soft Limit  Hard Limit  Units\nMax address space         1073741824           unlimited            bytes\n"},
			want: Limit{giga, "ulimit, max address space"}},
		"Slurm, node":        {env: map[string]string{"SLURM_MEM_PER_NODE": "2048"}, want: Limit{2 * giga, "SLURM_MEM_PER_NODE"}},
		"Slurm, whole node":  {env: map[string]string{"SLURM_MEM_PER_NODE": "0"}, want: Limit{math.Inf(1), "no limit is known"}},
		"Slurm, processors":  {env: map[string]string{"SLURM_MEM_PER_CPU": "512", "SLURM_CPUS_ON_NODE": "4"}, want: Limit{2 * giga, "SLURM_MEM_PER_CPU times SLURM_CPUS_ON_NODE"}},
		"the least":          {files: map[string]string{"proc/meminfo": "MemAvailable:  4194304 kB\n"}, env: map[string]string{"SLURM_MEM_PER_NODE": "1024"}, want: Limit{giga, "SLURM_MEM_PER_NODE"}},
		"handed down":        {files: map[string]string{"proc/meminfo": "MemAvailable:  4194304 kB\n"}, env: map[string]string{MemoryVariable: "8589934592 run.memory"}, want: Limit{8 * giga, "run.memory"}},
		"handed down, short": {env: map[string]string{MemoryVariable: "8589934592"}, want: Limit{8 * giga, MemoryVariable}},
		"handed down, none":  {env: map[string]string{MemoryVariable: "+Inf no limit is known"}, want: Limit{math.Inf(1), "no limit is known"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := rootWith(t, c.files)
			got := memoryLimit(root, func(name string) string { return c.env[name] })
			if got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			_, entry, _ := strings.Cut(got.Entry(), "=")
			if again := memoryLimit(root, func(string) string { return entry }); again != got {
				t.Errorf("handed down it is %v, not %v", again, got)
			}
		})
	}
}

// rootWith is a folder with files.
func rootWith(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for file, text := range files {
		file = filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestAfford(t *testing.T) {
	t.Setenv(MemoryVariable, "1073741824 run.memory")
	if err := Afford(1<<30, "van", "1 weight", ""); err != nil {
		t.Error("as much as the limit is refused: ", err)
	}
	err := Afford(1<<31, "van", "2e+08 weights", "a smaller width")
	want := "allocate: van: 2e+08 weights need 2.0 GiB of memory, and the limit is 1.0 GiB (run.memory) (a smaller width)"
	if KindOf(err) != Invalid || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestFormatBytes(t *testing.T) {
	for bytes, want := range map[float64]string{0: "0 B", 12: "12 B", 1023: "1023 B", 1024: "1.0 KiB", 1 << 20: "1.0 MiB", 1023.7 * (1 << 20): "1.0 GiB",
		812 * (1 << 30): "812 GiB", 1000 * (1 << 10): "1000 KiB", 1e30: "8.674e+11 EiB", math.Inf(1): "unlimited"} {
		if got := FormatBytes(bytes); got != want {
			t.Errorf("%v bytes: %q, want %q", bytes, got, want)
		}
	}
}

func TestMemoryBytes(t *testing.T) {
	m := Memory{Fixed: 100, PerConfiguration: 8, Most: 50, Kept: 2}
	if got := m.Bytes(10, 1000); got != 100+50+2000 { // 80 bytes of the batch are cut to 50
		t.Errorf("got %v", got)
	}
	m.Most = 0
	if got := m.Bytes(10, 1000); got != 100+80+2000 {
		t.Errorf("got %v", got)
	}
}
