package ranks

import (
	"bytes"
	"encoding/gob"
)

// FromFirst is v of rank 0, on all ranks; what the others give is not looked at. It crosses by encoding/gob.
func FromFirst[T any](c Comm, v T) (T, error) {
	if c.Size() == 1 {
		return v, nil
	}
	var b []byte
	var err error
	if c.Rank() == 0 {
		b, err = encode(v)
	}
	if err = Agree(c, err); err != nil {
		return v, err
	}
	if b, err = BroadcastBytes(c, b, 0); err != nil || c.Rank() == 0 {
		return v, err
	}
	var got T
	return got, decode(b, &got)
}

// Gathered is v of every rank, that of rank 0 first, on all ranks. They cross by encoding/gob.
func Gathered[T any](c Comm, v T) ([]T, error) {
	if c.Size() == 1 {
		return []T{v}, nil
	}
	mine, err := encode(v)
	if err = Agree(c, err); err != nil {
		return nil, err
	}
	each, err := GatherBytes(c, mine)
	if err != nil {
		return nil, err
	}
	all := make([]T, len(each))
	for rank, b := range each {
		if err := decode(b, &all[rank]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func decode(b []byte, v any) error { return gob.NewDecoder(bytes.NewReader(b)).Decode(v) }
