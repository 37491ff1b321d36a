package core

import (
	"fmt"
	"math"
)

// Memory is what a bound part says that it will hold beside the batches it is
// handed, in bytes: an estimate, by which a run that cannot fit is refused
// before it allocates. Numbers are float64 because a mistake in a run file may
// well exceed the integers. The zero value says nothing.
type Memory struct {
	// Fixed is held whatever the batch: weights, tables, sums.
	Fixed float64 `json:"fixed,omitempty"`
	// PerConfiguration of the batch at hand, up to Most altogether (0: no limit).
	PerConfiguration float64 `json:"per_configuration,omitempty"`
	Most             float64 `json:"most,omitempty"`
	// Kept for good of each configuration of an evaluation.
	Kept float64 `json:"kept,omitempty"`
}

// Bytes for batches of so many configurations, of which an evaluation has total.
func (m Memory) Bytes(batch, total float64) float64 {
	working := m.PerConfiguration * batch
	if m.Most > 0 {
		working = min(working, m.Most)
	}
	return m.Fixed + working + m.Kept*total
}

// Afford refuses an allocation of so many bytes if that is more than the limit;
// part and what it is for name it, hint says what to lower. Constructors call
// it before they allocate what a run file can make large.
func Afford(bytes float64, part, what, hint string) error {
	limit := MemoryLimit()
	if bytes <= limit.Bytes {
		return nil
	}
	return &Error{Kind: Invalid, Op: "allocate", Subject: part, Hint: hint,
		Err: fmt.Errorf("%s need %s of memory, and the limit is %s", what, FormatBytes(bytes), limit)}
}

// FormatBytes is a size for a reader: "1.2 GiB", "812 GiB".
func FormatBytes(bytes float64) string {
	if math.IsInf(bytes, 1) {
		return "unlimited"
	}
	unit := 0
	for bytes >= 1023.5 && unit < len(byteUnits)-1 {
		bytes /= 1024
		unit++
	}
	if bytes < 9.95 && unit > 0 {
		return fmt.Sprintf("%.1f %s", bytes, byteUnits[unit])
	}
	return fmt.Sprintf("%.4g %s", math.Round(bytes), byteUnits[unit])
}

var byteUnits = []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
