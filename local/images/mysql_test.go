package main

import (
	"os"
	"strings"
	"testing"
)

func TestMysqlTakesTheRightPasswordOnly(t *testing.T) {
	awkward := `"qu\o'te" $x %s ` + "🚢"
	address, data := mysqlWith(t, awkward)
	login := mysqlLogin{address, "fleet", "fleet", awkward}
	if _, err := login.ask("STATUS"); err != nil {
		t.Fatal(err)
	}
	login.password = "wrong"
	_, err := login.ask("STATUS")
	wantError(t, err, `access denied for user "fleet"`)
	_, err = mysqlLogin{address, "fleet", "other", awkward}.ask("STATUS")
	wantError(t, err, `unknown database "other"`)

	content, err := os.ReadFile(data.path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(content), "root\":\"root") || strings.Contains(string(content), "🚢") {
		t.Fatal("the data folder holds a password in plain text")
	}
}

func TestMysqlRequiresALogin(t *testing.T) {
	_, data := mysqlWith(t, "right")
	loggedIn := false
	_, err := data.reply("PREPARE", &loggedIn)
	wantError(t, err, "log in first")
}

func TestMysqlKeepsItsFirstPasswords(t *testing.T) {
	folder := t.TempDir()
	first := environment(map[string]string{"MYSQL_ROOT_PASSWORD": "first"})
	if _, err := openData(folder, first); err != nil {
		t.Fatal(err)
	}
	again, err := openData(folder, environment(map[string]string{"MYSQL_ROOT_PASSWORD": "second"}))
	if err != nil {
		t.Fatal(err)
	}
	if again.Accounts["root"] != again.hash("first") {
		t.Fatal("a changed variable changed the password of an initialised data folder")
	}
}

func TestMysqlRefusesToInitialise(t *testing.T) {
	_, err := openData(t.TempDir(), environment(nil))
	wantError(t, err, "MYSQL_ROOT_PASSWORD")

	password := write(t, "password", "from a file\n")
	_, err = openData(t.TempDir(), environment(map[string]string{
		"MYSQL_ROOT_PASSWORD": "x", "MYSQL_ROOT_PASSWORD_FILE": password,
	}))
	wantError(t, err, "set one of them")

	folder := t.TempDir()
	if err := os.Mkdir(folder+"/lost+found", 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = openData(folder, environment(map[string]string{"MYSQL_ROOT_PASSWORD": "x"}))
	wantError(t, err, "is not empty")
}

func TestMysqlReadsPasswordFiles(t *testing.T) {
	data, err := openData(t.TempDir(), environment(map[string]string{
		"MYSQL_ROOT_PASSWORD_FILE": write(t, "password", "from a file\n"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if data.Accounts["root"] != data.hash("from a file") {
		t.Fatal("the file's password is not the account's")
	}
}
