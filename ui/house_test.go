package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// The app stays a sum of smaller models: what can be one has fields and methods of its own.
const (
	appFields  = 25
	appMethods = 120
	funcLines  = 80
)

// declarations calls a function for everything that the files of this package and of those below it
// declare, tests aside.
func declarations(t *testing.T, each func(path string, set *token.FileSet, d ast.Decl)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			each(path, set, decl)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheAppIsSmall(t *testing.T) {
	fields, methods := 0, 0
	declarations(t, func(path string, _ *token.FileSet, d ast.Decl) {
		if filepath.Dir(path) != "." {
			return
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if receiver(d) == "app" {
				methods++
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				s, ok := spec.(*ast.TypeSpec)
				if ok && s.Name.Name == "app" {
					fields += s.Type.(*ast.StructType).Fields.NumFields()
				}
			}
		}
	})
	if fields == 0 || methods == 0 {
		t.Fatalf("%d fields and %d methods were found", fields, methods)
	}
	if fields > appFields {
		t.Errorf("app has %d fields, %d at most", fields, appFields)
	}
	if methods > appMethods {
		t.Errorf("app has %d methods, %d at most", methods, appMethods)
	}
}

func TestFunctionsAreShort(t *testing.T) {
	declarations(t, func(_ string, set *token.FileSet, d ast.Decl) {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			return
		}
		begin, end := set.Position(f.Pos()), set.Position(f.End())
		if n := end.Line - begin.Line + 1; n > funcLines {
			t.Errorf("%s: %s has %d lines, %d at most", begin, f.Name.Name, n, funcLines)
		}
	})
}

// receiver is the type that a method belongs to, "" for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	name, ok := of.(*ast.Ident)
	if !ok {
		return ""
	}
	return name.Name
}
