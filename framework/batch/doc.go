// Package batch is what a run has to know of the batch system that it runs in: when its time is
// over, and the scripts by which jobs are handed in.
package batch
