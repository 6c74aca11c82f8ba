package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFleetNeedsMigrationsBeforeItServes(t *testing.T) {
	address, _ := mysqlWith(t, "right")
	variables := map[string]string{"FLEET_MYSQL_ADDRESS": address, "FLEET_MYSQL_PASSWORD_PATH": write(t, "password", "right\n")}
	wantError(t, serve(environment(variables)), "prepare db")
	wantError(t, processVulnerabilities(environment(variables)), "prepare db")
	if err := prepareDatabase(environment(variables)); err != nil {
		t.Fatal(err)
	}
	if err := processVulnerabilities(environment(variables)); err != nil {
		t.Fatal(err)
	}
	variables["FLEET_REDIS_ADDRESS"] = nobody(t)
	wantError(t, serve(environment(variables)), "cannot reach Redis")
}

func TestFleetSaysWhatIsWrong(t *testing.T) {
	address, _ := mysqlWith(t, "right")
	for words, variables := range map[string]map[string]string{
		"cannot reach MySQL": {"FLEET_MYSQL_ADDRESS": nobody(t)},
		"access denied":      {"FLEET_MYSQL_ADDRESS": address, "FLEET_MYSQL_PASSWORD": "wrong"},
		"set one of them":    {"FLEET_MYSQL_PASSWORD": "x", "FLEET_MYSQL_PASSWORD_PATH": "/x"},
		"at least 32":        {"FLEET_SERVER_PRIVATE_KEY": strings.Repeat("k", 31)},
	} {
		err := serve(environment(variables))
		wantError(t, err, words)
		if password := variables["FLEET_MYSQL_PASSWORD"]; len(password) > 1 && strings.Contains(err.Error(), password) {
			t.Fatalf("the message holds the password: %v", err)
		}
	}
}

func TestHealthFollowsTheDatastores(t *testing.T) {
	mysql, _ := mysqlWith(t, "right")
	valkey, err := valkeyWith(t, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		mysql, valkey string
		want          int
	}{
		{mysql, valkey, http.StatusOK},
		{nobody(t), valkey, http.StatusInternalServerError},
		{mysql, nobody(t), http.StatusInternalServerError},
	} {
		config := fleetConfig{mysql: mysqlLogin{address: test.mysql}, valkey: valkeyLogin{address: test.valkey}}
		response := httptest.NewRecorder()
		config.handler().ServeHTTP(response, httptest.NewRequest("GET", "/healthz", nil))
		if response.Code != test.want {
			t.Errorf("got %d, want %d", response.Code, test.want)
		}
	}
}

func TestTLSNeedsItsFiles(t *testing.T) {
	_, err := fleetConfig{tls: true, tlsProfile: "modern", address: "127.0.0.1:0"}.listen()
	wantError(t, err, "FLEET_SERVER_CERT")
}
