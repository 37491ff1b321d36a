package store

const (
	resultsFormat    = "helmholtz-results"
	checkpointFormat = "helmholtz-checkpoint"
	formatVersion    = "1.0"
)
