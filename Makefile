# Every target installs what it needs. `make help` lists them.
TS := node --require ts-node/register/transpile-only
MOCHA := npx mocha

.DEFAULT_GOAL := help
.PHONY: help toolchain local local-down test test-unit test-chart test-integration test-e2e typecheck lint format check-stacks rotate bench

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

toolchain: node_modules/.package-lock.json ## Find, download or build Pulumi, Helm and Kubernetes
	$(TS) local/toolchain/main.ts

local: node_modules/.package-lock.json ## The whole job on this machine: cluster, registry, deploy, rotation, refusal
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

typecheck: node_modules/.package-lock.json ## Types, which are not checked at run time
	npx tsc --noEmit --noCheck false

lint: node_modules/.package-lock.json ## ESLint, and Prettier in check mode
	npx eslint .
	npx prettier --check --log-level warn .

format: node_modules/.package-lock.json ## Prettier
	npx prettier --write --log-level warn .

check-stacks: node_modules/.package-lock.json ## Every secret in every stack's file is encrypted
	@$(TS) local/check-stacks.ts

rotate: node_modules/.package-lock.json ## A new password for one registry in many stacks: SERVER=registry.example.com STACKS="dev staging,qa production"
	@$(TS) rotate/main.ts

bench: node_modules/.package-lock.json ## Preview and rotation beside peers, and one rotation of many stacks
	@$(TS) test/bench/main.ts
	@$(TS) test/bench/rotate.ts
