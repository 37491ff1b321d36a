package core

import "fmt"

// mostStarts is how many configurations an energy may name to begin at: as many as chains have use for.
const mostStarts = 10000

// CheckStart says what is wrong with the configurations of a spec at which chains begin.
func (s EnergySpec) CheckStart() error {
	d := s.Space.Size()
	if n := len(s.Start); n%d != 0 || n/d > mostStarts {
		return fmt.Errorf("start has %d numbers, and configurations have %d, of which %d are the most", n, d, mostStarts)
	}
	if i := s.Space.Illegal(s.Start); i >= 0 {
		return fmt.Errorf("number %d of start is %v, which is none of %v", i, s.Start[i], s.Space)
	}
	return nil
}
