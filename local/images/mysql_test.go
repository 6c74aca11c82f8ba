package main

import (
	"crypto/tls"
	"os"
	"strings"
	"testing"
)

func TestMysqlTakesTheRightPasswordOnly(t *testing.T) {
	awkward := `"qu\o'te" $x %s ` + "🚢"
	address, data := mysqlWith(t, awkward)
	login := mysqlLogin{address, "fleet", "fleet", awkward, nil}
	if _, err := login.ask("STATUS"); err != nil {
		t.Fatal(err)
	}
	login.password = "wrong"
	_, err := login.ask("STATUS")
	wantError(t, err, `access denied for user "fleet"`)
	_, err = mysqlLogin{address, "fleet", "other", awkward, nil}.ask("STATUS")
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

func TestMysqlOverTLS(t *testing.T) {
	authority, other := newAuthority(t), newAuthority(t)
	serverCert, serverKey := authority.issue(t, "mysql.example.com")
	clientCert, clientKey := authority.issue(t, "fleet")
	strangerCert, strangerKey := other.issue(t, "fleet")
	_, data := mysqlWith(t, "right")
	config, err := serverTLS(serverCert, serverKey, authority.file)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { _ = accept(listener, data.answer) }()
	address := listener.Addr().String()

	good := map[string]string{
		"CA": authority.file, "CERT": clientCert, "KEY": clientKey, "SERVER_NAME": "mysql.example.com",
	}
	for name, test := range map[string]struct {
		changed map[string]string
		words   string
	}{
		"good":                  {nil, ""},
		"no TLS":                {map[string]string{"CA": ""}, "cannot reach MySQL"},
		"another authority":     {map[string]string{"CA": other.file}, "unknown authority"},
		"another name":          {map[string]string{"SERVER_NAME": ""}, "127.0.0.1"},
		"no client certificate": {map[string]string{"CERT": ""}, "certificate required"},
		"a stranger's":          {map[string]string{"CERT": strangerCert, "KEY": strangerKey}, "unknown certificate authority"},
		"no such file":          {map[string]string{"CA": authority.file + ".gone"}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			variables := map[string]string{"FLEET_MYSQL_ADDRESS": address, "FLEET_MYSQL_PASSWORD": "right"}
			for variable, value := range good {
				variables["FLEET_MYSQL_TLS_"+variable] = value
			}
			for variable, value := range test.changed {
				variables["FLEET_MYSQL_TLS_"+variable] = value
			}
			config, err := loadFleetConfig(environment(variables))
			if err == nil {
				_, err = config.mysql.ask("STATUS")
			}
			if test.words == "" && err != nil {
				t.Fatal(err)
			}
			if test.words != "" {
				wantError(t, err, test.words)
			}
		})
	}
}
