# What there is to do. "make" alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help test demo bench bench-finding bench-pdf bench-photo lint fmt vectors mutation campaign build clean

help: ## list this
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1 \t/' | expand -t 24

test: ## everything that must hold; installs what is missing
	@bash scripts/test.sh

demo: ## play a leaked draft from first word to denial, and serve the pages
	go run ./cmd/chancery demo

bench: ## the figures
	go run ./bench
	go test -run '^$$' -bench . ./proof ./internal/compare ./internal/check ./internal/tlog

bench-finding: ## how well and how fast letters are found, beside other engines, at 5k, 83k and 10^6 letters (some 40 minutes)
	@mkdir -p out
	cd bench/finding && go run . -out ../../out/finding.md -fails ../../out/finding-missed.txt

bench-pdf: ## what reading and drawing PDFs costs beside pdftotext, pdftoppm and mutool (PDFS=20 files of each corpus)
	@mkdir -p out
	CHANCERY_PDFS=$${PDFS:-20} CHANCERY_PDFS_OUT=$(CURDIR)/out/pdf.md go test -count=1 -v -timeout 2h -run '^TestBeside$$' ./internal/pdf/extract

bench-photo: ## photos of registered pages, held against the goals, and read (PHOTOS=480, for PHOTOS_TIME=7m; fresh ones)
	@mkdir -p out
	CHANCERY_PHOTO_SEED=$${CHANCERY_PHOTO_SEED:-fresh} CHANCERY_MATCHES=$${PHOTOS:-480} CHANCERY_MATCHES_TIME=$${PHOTOS_TIME:-7m} CHANCERY_MATCHES_OUT=$(CURDIR)/out/photos.md go test -count=1 -v -timeout 24h -run TestGoals ./internal/photo/goals
	CHANCERY_PHOTO_SEED=$${CHANCERY_PHOTO_SEED:-fresh} CHANCERY_PHOTOS=1 go test -count=1 -v -timeout 2h -run TestMeasure ./internal/photo/ocr
	go test -run '^$$' -bench Photo -benchtime 5x ./internal/shapes

lint: ## the rules that a machine can hold
	@bash scripts/lint.sh

fmt: ## format all Go files
	gofmt -w $$(git ls-files '*.go')

vectors: ## write testdata/vectors, the list of frozen ones and the verifier's page anew; look at the difference before you commit it
	go test ./register ./proof ./internal/papercode -run '^Test(Vectors|Frozen)' -update-vectors
	go test ./verifier -run '^TestPage$$' -update-page
	git status --short testdata/vectors verifier

mutation: ## how many changes to the code of layer 1 its tests notice (some 10 minutes)
	go run ./scripts/mutation -least 95 letter commitment approval register lookup proof

campaign: ## long runs: fuzzing, properties, crashes (MINUTES=60)
	@bash scripts/campaign.sh

build: ## the program, as it is shipped
	@bash scripts/build.sh out/chancery

clean: ## remove what was made here
	rm -rf out
