package core

import (
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

// MemoryVariable of the environment overrides what MemoryLimit finds: bytes and,
// after a space, what to call them. A host hands its own limit down by it.
const MemoryVariable = "HELMHOLTZ_MEMORY"

// Limit of the memory that a run and its plugins may take together.
type Limit struct {
	Bytes  float64 // +Inf where none is known
	Source string  // "MemAvailable", "SLURM_MEM_PER_NODE"
}

// String is "7.8 GiB (MemAvailable)".
func (l Limit) String() string { return fmt.Sprintf("%s (%s)", FormatBytes(l.Bytes), l.Source) }

// Entry is the limit as an entry of the environment, of which MemoryLimit makes
// the same limit in another process.
func (l Limit) Entry() string {
	return fmt.Sprintf("%s=%v %s", MemoryVariable, l.Bytes, l.Source)
}

// MemoryLimit is the least of what the control group, the limits of the process,
// the batch system and the free memory of the machine allow; or what
// MemoryVariable says.
func MemoryLimit() Limit { return memoryLimit("/", os.Getenv) }

// memoryLimit reads the files below root.
func memoryLimit(root string, getenv func(string) string) Limit {
	given, source, _ := strings.Cut(getenv(MemoryVariable), " ")
	if bytes := amount(given, 1); bytes > 0 {
		if source == "" {
			source = MemoryVariable
		}
		return Limit{bytes, source}
	}
	least := Limit{math.Inf(1), "no limit is known"}
	consider := func(bytes float64, source string) {
		if bytes > 0 && bytes < least.Bytes {
			least = Limit{bytes, source}
		}
	}
	groupLimits(root, consider)
	for _, line := range linesOf(root, "proc/self/limits") {
		for _, name := range []string{"Max address space", "Max data size", "Max resident set"} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				consider(amount(rest, 1), "ulimit, "+strings.ToLower(name))
			}
		}
	}
	const mega = 1 << 20 // the unit of Slurm
	consider(amount(getenv("SLURM_MEM_PER_NODE"), mega), "SLURM_MEM_PER_NODE")
	consider(amount(getenv("SLURM_MEM_PER_CPU"), mega)*amount(getenv("SLURM_CPUS_ON_NODE"), 1), "SLURM_MEM_PER_CPU times SLURM_CPUS_ON_NODE")
	for _, line := range linesOf(root, "proc/meminfo") {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			consider(amount(rest, 1<<10), "MemAvailable")
		}
	}
	return least
}

// groupLimits tells the limits of the control groups.
func groupLimits(root string, consider func(bytes float64, source string)) {
	for _, g := range controlGroups(root, "memory") {
		file := "memory.max"
		if g.version == 1 {
			file = "memory.limit_in_bytes"
		}
		for _, line := range linesOf(root, path.Join(g.dir, file)) {
			if bytes := amount(line, 1); bytes < 1<<62 { // version 1 says none by 2^63 less a page
				consider(bytes, "control group, "+file)
			}
		}
	}
}

// controlGroup is a folder with the files of a controller.
type controlGroup struct {
	dir     string // below root
	version int
}

// controlGroups are those that the process is in, and those around each, the innermost
// first. In a container the path of a group may be that of the outside; its files then
// stand at the top.
func controlGroups(root, controller string) (all []controlGroup) {
	for _, line := range linesOf(root, "proc/self/cgroup") {
		hierarchy := strings.SplitN(line, ":", 3) // number, controllers, path
		if len(hierarchy) < 3 {
			continue
		}
		top, version := "sys/fs/cgroup", 2
		if hierarchy[1] != "" {
			if !strings.Contains(","+hierarchy[1]+",", ","+controller+",") {
				continue
			}
			top, version = "sys/fs/cgroup/"+controller, 1
		}
		for group := path.Clean("/" + hierarchy[2]); ; group = path.Dir(group) {
			all = append(all, controlGroup{path.Join(top, group), version})
			if group == "/" {
				break
			}
		}
	}
	return all
}

// amount is the number at the start of a text, in a unit; 0 where there is none.
func amount(text string, unit float64) float64 {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return 0
	}
	x, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || math.IsNaN(x) {
		return 0
	}
	return x * unit
}

// linesOf a file that may be missing.
func linesOf(root, name string) []string {
	text, err := os.ReadFile(path.Join(root, name))
	if err != nil {
		return nil
	}
	return strings.Split(string(text), "\n")
}
