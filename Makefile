# Every target installs what it needs. `make help` lists them.

# What a person gives as NAME=value is text: recipes find it in their environment, and neither make nor a shell runs what is in it.
$(foreach name,$(.VARIABLES),$(if $(filter command-line,$(subst $() ,-,$(origin $(name)))),$(eval override $(name) := $$(value $(name)))$(eval export $(name))))

override TS := node --require tsx/cjs
override MOCHA := npx mocha

.DEFAULT_GOAL := help
.PHONY: help toolchain local local-down test test-unit test-chart test-integration test-e2e reliability typecheck lint format package check-stacks check-expiry explain rotate repair test-soak bench

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s %s\n", $$1, $$2 }' Makefile

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund >&2
	@touch $@

toolchain: node_modules/.package-lock.json ## Find, download or build Pulumi, Helm and Kubernetes
	$(TS) local/toolchain/main.ts

local: node_modules/.package-lock.json ## The whole job on this machine: cluster, registry, deploy, rotation, refusal [FLEET=real: Fleet's own images and chart]
	@$(TS) local/main.ts

local-down: node_modules/.package-lock.json ## Take away everything that `make local` and the tests made
	@$(TS) local/down.ts

test: node_modules/.package-lock.json ## Everything: types, lint, format, stacks, unit, chart, integration and e2e tests
	@$(TS) test/run.ts

test-unit: node_modules/.package-lock.json ## Unit tests alone: no cluster, no network
	@$(MOCHA) 'test/unit/**/*.test.ts'

test-chart test-integration test-e2e: test-%: node_modules/.package-lock.json
	@$(TS) test/run.ts $*

test-chart: ## Fleet's chart, rendered by the real helm with the values of this program
test-integration: ## The real engine and a real API server
test-e2e: ## A real kubelet that pulls from a real registry

reliability: test-e2e ## Write docs/reliability.md from what the end-to-end tests see
	@$(TS) test/reliability.ts --write

test-soak: node_modules/.package-lock.json ## What takes long, and is no part of `make test`; writes docs/soak.md
	@$(MOCHA) --require=tsx --require=test/support/session.ts 'test/soak/**/*.test.ts'

typecheck: node_modules/.package-lock.json ## Types, which are not checked at run time
	npx tsc --noEmit --noCheck false

lint: node_modules/.package-lock.json ## ESLint, actionlint, and Prettier in check mode
	npx eslint .
	go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	npx prettier --check --log-level warn .

format: node_modules/.package-lock.json ## Prettier
	npx prettier --write --log-level warn .

package: node_modules/.package-lock.json ## The npm package of the components, as a tarball
	npm pack --ignore-scripts=false

check-stacks: node_modules/.package-lock.json ## Every secret in every stack's file is encrypted
	@$(TS) commands/check-stacks/main.ts

check-expiry: node_modules/.package-lock.json ## Fails where a password ends soon, as the stacks' files say: [STACKS="staging production"] [DAYS=14]
	@$(TS) commands/check-expiry/main.ts

explain: node_modules/.package-lock.json ## Which credential each image of a stack is pulled with: STACK=dev [JSON=1] [PUBLIC=HOST] [CONFIG_FILE=PATH]
	@node --require ./preload.js local/explain.ts

rotate: node_modules/.package-lock.json ## A registry's new password in many stacks: SERVER=registry.example.com STACKS="dev staging,qa production" [YES=1] [JSON=1] [PARALLEL=4] [SVG=FILE]
	@$(TS) commands/rotate/main.ts

repair: node_modules/.package-lock.json ## Take away what a killed update has left: STACK=production [YES=1] [CONFIG_FILE=PATH]
	@$(TS) local/repair.ts

bench: node_modules/.package-lock.json ## Write docs/performance.md: previews and rotations beside peers, and of many stacks
	@$(TS) test/bench/main.ts
