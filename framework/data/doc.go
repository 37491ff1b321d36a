// Package data reads configurations that somebody else drew, for training by
// maximum likelihood, and draws batches of them.
//
// HDF5 files hold them in the dataset x of shape [n, ...], or are a results.h5
// with samples; other files are CSV with one configuration per row, components
// in the order of the space, lines that begin with # left out.
package data
