// Package store keeps what a run leaves in its folder:
//
//	results.h5                  a snapshot of the results, always a whole file
//	checkpoint-00000100.h5      all that a continuation needs, the newest few
//	evaluation-7.h5             the same of a further evaluation that is not done
//	progress.jsonl              one JSON object per line, appended while running
//	run.toml, ...               texts, written whole
//	.lock                       held by the running process
//
// and in the folder above those of a sweep's points
//
//	sweep.toml                  which points there are
//	sweep.h5                    what they found, over the swept axes
//
// No file is ever changed in place: it is written beside, flushed to disk and
// renamed over the old one, so that a reader, a kill -9 or a full disk never
// meets half a file. progress.jsonl alone is appended to; a line that was cut
// short is dropped when the folder is opened again.
//
// The layout of the HDF5 files follows netCDF-4, so that xarray, h5py and
// h5dump open them without help; docs/results.md describes it for readers.
package store
