package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

const (
	// dataFile holds all that the stand-in remembers, in its data folder.
	dataFile = "stand-in.json"
	migrated = "migrated"
)

// mysqlData is an initialised data folder. As with the real server, accounts come from the environment of the very first
// start and from nowhere else afterwards.
type mysqlData struct {
	Salt     string            `json:"salt"`
	Accounts map[string]string `json:"accounts"`
	Database string            `json:"database"`
	Migrated bool              `json:"migrated"`

	path string
	lock sync.Mutex
}

// mysqld stands in for the official MySQL 8 image: its environment variables, its port, and a folder that is initialised once.
func mysqld(args []string) error {
	if len(args) > 0 && (args[0] == "--version" || args[0] == "-V") {
		fmt.Printf("mysqld  Ver 8.4.0 (%s)\n", fmt.Sprintf(standIn, "MySQL"))
		return nil
	}
	flags := flag.NewFlagSet("mysqld", flag.ContinueOnError)
	folder := flags.String("datadir", "/var/lib/mysql", "data folder")
	port := flags.String("port", "3306", "TCP port")
	certFile := flags.String("ssl-cert", "", "certificate file")
	keyFile := flags.String("ssl-key", "", "file of its key")
	caFile := flags.String("ssl-ca", "", "certificate file of the clients' authority")
	if err := flags.Parse(args); err != nil {
		return err
	}
	announce("mysqld", standIn, "MySQL")
	data, err := openData(*folder, os.Getenv)
	if err != nil {
		return err
	}
	config, err := serverTLS(*certFile, *keyFile, *caFile)
	if err != nil {
		return err
	}
	return listenUntilStopped("mysqld", net.JoinHostPort("", *port), config, data.answer)
}

func openData(folder string, getenv func(string) string) (*mysqlData, error) {
	data := &mysqlData{path: filepath.Join(folder, dataFile)}
	content, err := os.ReadFile(data.path)
	if err == nil {
		return data, json.Unmarshal(content, data)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("the data folder %s is not empty and was not initialised: it has %q", folder, entries[0].Name())
	}
	if err := data.initialise(getenv); err != nil {
		return nil, err
	}
	announce("mysqld", "initialised the data folder %s", folder)
	return data, data.save()
}

func (data *mysqlData) initialise(getenv func(string) string) error {
	values := map[string]string{}
	for _, name := range []string{"MYSQL_ROOT_PASSWORD", "MYSQL_DATABASE", "MYSQL_USER", "MYSQL_PASSWORD"} {
		value, err := valueOrFile(name, getenv)
		if err != nil {
			return err
		}
		values[name] = value
	}
	if values["MYSQL_ROOT_PASSWORD"] == "" {
		return errors.New("the data folder is not initialised and no MYSQL_ROOT_PASSWORD is given")
	}
	if values["MYSQL_USER"] != "" && values["MYSQL_PASSWORD"] == "" {
		return errors.New("MYSQL_USER is given without MYSQL_PASSWORD: no such user would be made")
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return err
	}
	data.Salt = hex.EncodeToString(salt)
	data.Database = values["MYSQL_DATABASE"]
	data.Accounts = map[string]string{"root": data.hash(values["MYSQL_ROOT_PASSWORD"])}
	if user := values["MYSQL_USER"]; user != "" {
		data.Accounts[user] = data.hash(values["MYSQL_PASSWORD"])
	}
	return nil
}

// valueOrFile reads NAME or, as the official image does, the file that NAME_FILE names.
func valueOrFile(name string, getenv func(string) string) (string, error) {
	value, path := getenv(name), getenv(name+"_FILE")
	if path == "" {
		return value, nil
	}
	if value != "" {
		return "", fmt.Errorf("both %s and %s_FILE are set: set one of them", name, name)
	}
	content, err := os.ReadFile(path)
	return strings.TrimRight(string(content), "\n"), err
}

func (data *mysqlData) hash(password string) string {
	sum := sha256.Sum256([]byte(data.Salt + password))
	return hex.EncodeToString(sum[:])
}

// save writes beside the file and renames, so that a kill leaves the old content or the new one.
func (data *mysqlData) save() error {
	content, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if err := os.WriteFile(data.path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(data.path+".new", data.path)
}

func (data *mysqlData) answer(client *conversation) {
	loggedIn := false
	for {
		line, err := client.hear()
		if err != nil {
			return
		}
		reply, err := data.reply(line, &loggedIn)
		if err != nil {
			reply = "ERR " + err.Error()
		}
		if client.say("%s", reply) != nil {
			return
		}
	}
}

func (data *mysqlData) reply(line string, loggedIn *bool) (string, error) {
	data.lock.Lock()
	defer data.lock.Unlock()
	command, _, _ := strings.Cut(line, " ")
	switch {
	case command == "LOGIN":
		var user, database, encoded string
		if _, err := fmt.Sscanf(line, "LOGIN %q %q %q", &user, &database, &encoded); err != nil {
			return "", errors.New("malformed LOGIN")
		}
		if err := data.login(user, database, encoded); err != nil {
			return "", err
		}
		*loggedIn = true
		return "OK", nil
	case !*loggedIn:
		return "", errors.New("log in first")
	case command == "PREPARE":
		data.Migrated = true
		return "OK", data.save()
	case command == "STATUS" && data.Migrated:
		return "OK " + migrated, nil
	case command == "STATUS":
		return "OK empty", nil
	}
	return "", fmt.Errorf("unknown command %q", command)
}

func (data *mysqlData) login(user, database, encoded string) error {
	password, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return errors.New("malformed LOGIN")
	}
	stored, known := data.Accounts[user]
	if !known || subtle.ConstantTimeCompare([]byte(stored), []byte(data.hash(string(password)))) != 1 {
		return fmt.Errorf("access denied for user %q", user)
	}
	if database != data.Database {
		return fmt.Errorf("unknown database %q", database)
	}
	return nil
}
