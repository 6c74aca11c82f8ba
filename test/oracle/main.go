// Answers with the kubelet's own code which credentials it would try for an image, and in which order.
//
// Reads one JSON case per line from standard input and writes one JSON answer per line to standard output.
// Follows makeLookupPullCredentialsFunc in kubernetes pkg/kubelet/images/image_manager.go, without a node keyring.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strconv"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"
)

type testCase struct {
	Image   string   `json:"image"`
	Secrets []secret `json:"secrets"`
}

type secret struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// Usernames and passwords are bytes: base64 in JSON.
type credential struct {
	Secret   int    `json:"secret"`
	Username []byte `json:"username"`
	Password []byte `json:"password"`
	Email    string `json:"email"`
}

type answer struct {
	// The step that fails: "image" or "keyring".
	Fails       string       `json:"fails,omitempty"`
	Name        string       `json:"name,omitempty"`
	Tag         string       `json:"tag,omitempty"`
	Digest      string       `json:"digest,omitempty"`
	Credentials []credential `json:"credentials"`
}

func lookUp(c testCase) answer {
	result := answer{Credentials: []credential{}}
	var err error
	if result.Name, result.Tag, result.Digest, err = parsers.ParseImageName(c.Image); err != nil {
		return answer{Fails: "image", Credentials: []credential{}}
	}
	passed := make([]v1.Secret, len(c.Secrets))
	for i, s := range c.Secrets {
		passed[i].UID = types.UID(strconv.Itoa(i))
		passed[i].Type = v1.SecretType(s.Type)
		passed[i].Data = map[string][]byte{v1.DockerConfigJsonKey: []byte(s.Text), v1.DockerConfigKey: []byte(s.Text)}
	}
	keyring, err := secrets.MakeDockerKeyring(passed, credentialprovider.UnionDockerKeyring{})
	if err != nil {
		result.Fails = "keyring"
		return result
	}
	tracked, _ := keyring.Lookup(result.Name)
	for _, t := range tracked {
		index, err := strconv.Atoi(t.Source.Secret.UID)
		if err != nil {
			panic(err)
		}
		result.Credentials = append(result.Credentials,
			credential{Secret: index, Username: []byte(t.Username), Password: []byte(t.Password), Email: t.Email})
	}
	return result
}

func main() {
	// A key that is no URL is logged with the key in it.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var c testCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			panic(err)
		}
		if err := encoder.Encode(lookUp(c)); err != nil {
			panic(err)
		}
	}
	if err := in.Err(); err != nil {
		panic(err)
	}
	if err := out.Flush(); err != nil {
		panic(err)
	}
}
