package readout

// symbols of the extensive quantities by which runs are watched.
var symbols = map[string]string{"free_energy": "F", "energy": "E", "entropy": "S"}

// Symbol is the letter of an extensive quantity by which a run is watched, and whether the observable is one.
func Symbol(name string) (symbol string, extensive bool) {
	symbol, extensive = symbols[name]
	return symbol, extensive
}
