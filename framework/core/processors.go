package core

import (
	"fmt"
	"math"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// ThreadsVariable of the environment overrides what ProcessorLimit finds. Go reads it, too.
const ThreadsVariable = "GOMAXPROCS"

// Processors are how many threads of a process may compute at once.
type Processors struct {
	N      int    // at least 1
	Source string // "SLURM_CPUS_PER_TASK"
}

// String is "4 (SLURM_CPUS_PER_TASK)".
func (p Processors) String() string { return fmt.Sprintf("%d (%s)", p.N, p.Source) }

// ProcessorLimit is the least of what the affinity of the process, the quota of the control
// group and the batch system allow, and of its share where several ranks of a parallel run are
// on this machine; or what ThreadsVariable says.
func ProcessorLimit() Processors { return processorLimit("/", os.Getenv) }

// processorLimit reads the files below root.
func processorLimit(root string, getenv func(string) string) Processors {
	if n := count(getenv(ThreadsVariable)); n > 0 {
		return Processors{n, ThreadsVariable}
	}
	machine := machineProcessors(root)
	least := Processors{machine, "processors of this machine"}
	consider := func(n int, source string) {
		if n > 0 && n < least.N {
			least = Processors{n, source}
		}
	}
	node := machine // for all ranks here
	for _, file := range []string{"cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"} {
		for _, g := range controlGroups(root, "cpuset") {
			if n := listed(linesOf(root, path.Join(g.dir, file))); n > 0 {
				node = min(node, n)
			}
		}
	}
	for _, g := range controlGroups(root, "cpu") {
		n, file := groupQuota(root, g)
		if consider(n, "control group, "+file); n > 0 {
			node = min(node, n)
		}
	}
	for _, line := range linesOf(root, "proc/self/status") {
		if rest, ok := strings.CutPrefix(line, "Cpus_allowed_list:"); ok {
			consider(listed([]string{rest}), "affinity")
		}
	}
	consider(count(getenv("SLURM_CPUS_PER_TASK")), "SLURM_CPUS_PER_TASK")
	if n := count(getenv("SLURM_CPUS_ON_NODE")); n > 0 {
		consider(n, "SLURM_CPUS_ON_NODE")
		node = min(node, n)
	}
	if ranks, source := ranksHere(getenv); ranks > 1 {
		consider(max(1, node/ranks), fmt.Sprintf("%d processors for %d ranks here, %s", node, ranks, source))
	}
	return least
}

// machineProcessors are those that are online.
func machineProcessors(root string) int {
	if n := listed(linesOf(root, "sys/devices/system/cpu/online")); n > 0 {
		return n
	}
	return runtime.NumCPU()
}

// groupQuota is the quota of a control group in processors, rounded up, as a process that has
// one and a half gets more done with two threads; 0 where there is none.
func groupQuota(root string, g controlGroup) (n int, file string) {
	var words []string
	if file = "cpu.max"; g.version == 2 { // "150000 100000", or "max 100000"
		words = strings.Fields(strings.Join(linesOf(root, path.Join(g.dir, file)), " "))
	} else {
		file = "cpu.cfs_quota_us" // -1 where there is none
		for _, name := range []string{file, "cpu.cfs_period_us"} {
			words = append(words, strings.Fields(strings.Join(linesOf(root, path.Join(g.dir, name)), " "))...)
		}
	}
	if len(words) < 2 {
		return 0, file
	}
	quota, period := amount(words[0], 1), amount(words[1], 1)
	if quota <= 0 || period <= 0 {
		return 0, file
	}
	return int(math.Ceil(quota / period)), file
}

// ranksHere is how many processes the launcher has started on this machine, 0 where none did. Slurm's
// variables of a job are also those of its script, which is one process: only in a step they count.
func ranksHere(getenv func(string) string) (n int, source string) {
	names := []string{"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "MV2_COMM_WORLD_LOCAL_SIZE"}
	if getenv("SLURM_STEP_ID") != "" {
		names = append(names, "SLURM_STEP_TASKS_PER_NODE", "SLURM_NTASKS_PER_NODE") // the first may be "2(x3),1"
	}
	for _, name := range names {
		most := 0
		for part := range strings.SplitSeq(getenv(name), ",") {
			tasks, _, _ := strings.Cut(part, "(")
			most = max(most, count(tasks))
		}
		if most > 0 {
			return most, name
		}
	}
	return 0, ""
}

// listed counts the processors of a list like "0-3,8", the first line of a file.
func listed(lines []string) (n int) {
	if len(lines) == 0 {
		return 0
	}
	for part := range strings.SplitSeq(strings.TrimSpace(lines[0]), ",") {
		first, last, ranged := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		to := from
		if ranged && err == nil {
			to, err = strconv.Atoi(last)
		}
		if err == nil && to >= from {
			n += to - from + 1
		}
	}
	return n
}

// count is a whole number, 0 where a text is none.
func count(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return n
}
