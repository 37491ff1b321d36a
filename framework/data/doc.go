// Package data is where configurations that somebody else drew come from, for
// learning from data.
//
// [Load] reads a file of any usual format, or a data set that has a name, as an array
// of rows; [Read] tests that the rows are configurations of a space. [Division] cuts
// rows into training, validation and test. A [List] of transforms makes of them what a
// model learns, and says what one nat of the one is in nats of the other. [Prepare] does
// all of it. Who draws from rows is the business of framework/sample. docs/data.md is the
// guide.
//
// Noise and shuffles are splitmix64 streams, which anybody can draw again in any
// language. Rows and columns count from 1 in messages and from 0 elsewhere.
package data
