// Holds an export against the reference code of transparent logs in Go: the note, the
// tree counted anew from every entry, the inclusion of entries and the consistency of
// every checkpoint with the newest one. It trusts no tile.
//
//	check DIR VKEY
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type hashes []tlog.Hash

func (all hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for n, index := range indexes {
		if index >= int64(len(all)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		found[n] = all[index]
	}
	return found, nil
}

func main() {
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// A tree as a note says it is.
func open(path string, verifiers note.Verifiers) (tlog.Tree, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(text, verifiers)
	if err != nil {
		return tlog.Tree{}, err
	}
	var origin, root string
	var size int64
	if _, err := fmt.Sscan(signed.Text, &origin, &size, &root); err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(root)
	return tlog.Tree{N: size, Hash: hash}, err
}

func check(dir, vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	verifiers := note.VerifierList(verifier)
	tree, err := open(filepath.Join(dir, "checkpoint"), verifiers)
	if err != nil {
		return err
	}
	var all hashes
	var records []tlog.Hash
	for n := int64(0); n*256 < tree.N; n++ {
		path := filepath.Join(dir, "tile", "entries", fmt.Sprintf("%03d", n))
		if rest := tree.N - n*256; rest < 256 {
			path += fmt.Sprintf(".p/%d", rest)
		}
		bundle, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for len(bundle) > 0 {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s is cut off", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			index := int64(len(records))
			stored, err := tlog.StoredHashes(index, bundle[2:end], all)
			if err != nil {
				return err
			}
			all = append(all, stored...)
			records = append(records, tlog.RecordHash(bundle[2:end]))
			bundle = bundle[end:]
		}
	}
	if int64(len(records)) != tree.N {
		return fmt.Errorf("there are %d entries of %d", len(records), tree.N)
	}
	root, err := tlog.TreeHash(tree.N, all)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the root is %v and not %v", root, tree.Hash)
	}
	for index := int64(0); index < tree.N; index += 7 {
		proof, err := tlog.ProveRecord(tree.N, index, all)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, records[index]); err != nil {
			return err
		}
	}
	checkpoints, err := os.ReadDir(filepath.Join(dir, "checkpoints"))
	if err != nil {
		return err
	}
	var sizes []int64
	for _, file := range checkpoints {
		size, err := strconv.ParseInt(file.Name(), 10, 64)
		if err != nil {
			return err
		}
		sizes = append(sizes, size)
	}
	sort.Slice(sizes, func(i, j int) bool { return sizes[i] < sizes[j] })
	for _, size := range sizes {
		older, err := open(filepath.Join(dir, "checkpoints", fmt.Sprint(size)), verifiers)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, older.N, all)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
			return err
		}
	}
	fmt.Printf("%d entries, %d checkpoints\n", tree.N, len(sizes))
	return nil
}
