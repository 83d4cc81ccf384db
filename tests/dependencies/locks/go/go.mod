module shop.example/shop

go 1.21

toolchain go1.21.3

require forge.example/left-board v1.4.0

require (
	forge.example/beam/v3 v3.0.0-rc.1 // a comment
	"forge.example/nail-gun" v0.0.0-20230102150405-0123456789ab // indirect
	forge.example/old v2.1.0+incompatible // indirect; kept
	forge.example/replaced v1.0.0
	forge.example/local v1.0.0
)

exclude forge.example/left-board v1.3.0

replace (
	forge.example/replaced v1.0.0 => fork.example/replaced v1.0.1
	forge.example/local => ../local
)

retract [v0.1.0, v0.2.0]
