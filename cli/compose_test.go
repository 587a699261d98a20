package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"lineup/config"
)

// composeFile is what the test reads of compose.yaml.
type composeFile struct {
	Services map[string]struct {
		Build     string
		Command   []string
		DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
		Configs   []struct{ Source, Target string }
		Env       map[string]string `yaml:"environment"`
		Deploy    struct{ Replicas int }
	}
	Configs map[string]struct{ File string }
}

// Nothing here starts a container. So each command of lineup's in compose.yaml is parsed as the
// program does, and each file that it names is looked for.
func TestComposeFileSaysWhatLineupUnderstands(t *testing.T) {
	text, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c composeFile
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	mounted := map[string]string{} // where it stands in a container → the file
	for name, file := range c.Configs {
		if _, err := os.Stat(filepath.Join("..", file.File)); err != nil {
			t.Errorf("config %s: %v", name, err)
		}
	}
	commands := map[string]int{}
	for name, s := range c.Services {
		for other := range s.DependsOn {
			if _, ok := c.Services[other]; !ok {
				t.Errorf("%s depends on %s, which is not there", name, other)
			}
		}
		for _, m := range s.Configs {
			if c.Configs[m.Source].File == "" {
				t.Errorf("%s mounts %s, which is not there", name, m.Source)
			}
			mounted[m.Target] = c.Configs[m.Source].File
		}
		if s.Build == "" {
			continue
		}
		if !strings.HasPrefix(s.Env["LINEUP_QUEUE"], "postgres://") {
			t.Errorf("%s: LINEUP_QUEUE is %q", name, s.Env["LINEUP_QUEUE"])
		}
		parseCommand(t, name, s.Command, mounted)
		commands[s.Command[0]] += max(1, s.Deploy.Replicas)
	}
	if commands["worker"] != 2 || commands["run"] != 1 || commands["sim"] != 1 {
		t.Errorf("there are %v; want two workers, a run and a sim", commands)
	}
}

// parseCommand parses a command line without running it.
func parseCommand(t *testing.T, name string, args []string, mounted map[string]string) {
	t.Helper()
	cmd, rest, err := newRoot(&globals{}).Find(args)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil || !cmd.HasParent() {
		t.Fatalf("%s: %v: %v", name, args, err)
	}
	for _, file := range cmd.Flags().Args() {
		if mounted[file] == "" && takesFiles(cmd.Name()) {
			t.Errorf("%s: no file is mounted at %s", name, file)
		}
	}
	if listen := cmd.Flags().Lookup("listen"); listen != nil {
		anyAddress, _ := cmd.Flags().GetBool("any-address")
		if err := loopbackOnly(listen.Value.String(), anyAddress); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if cmd.Flags().Lookup("model") == nil {
		return
	}
	cfg, err := config.Load(filepath.Join("..", "docker", "lineup.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Queue.URLEnv != "LINEUP_QUEUE" {
		t.Errorf("the config names the variable %q", cfg.Queue.URLEnv)
	}
	models, _ := cmd.Flags().GetStringArray("model")
	if len(models) == 0 {
		t.Errorf("%s asks no model", name)
	}
	for _, ref := range models {
		provider, _, _ := strings.Cut(ref, "/")
		if !slices.Contains(cfg.ProviderNames(), provider) {
			t.Errorf("%s asks %s, which the config does not have", name, ref)
		}
	}
}

// The image is static, without cgo and not root's.
func TestDockerfileMakesAStaticProgramWithoutRoot(t *testing.T) {
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	file := string(text)
	for _, want := range []string{"CGO_ENABLED=0 go build", "\nUSER 65532", "/static", "AS build"} {
		if !strings.Contains(file, want) {
			t.Errorf("the Dockerfile lacks %q", want)
		}
	}
	if n := strings.Count(file, "\nFROM "); n != 2 {
		t.Errorf("the Dockerfile has %d stages, not 2", n)
	}
}
