// Command pulumi-resource-random is Pulumi's random plugin, made of what the released one is made of: HashiCorp's provider and Pulumi's
// bridge. The engine asks for a schema only to generate code, so there is none here.
package main

import (
	"context"

	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// Set by the linker: the version of the SDK, `@pulumi/random`.
var version string

func main() {
	info := tfbridge.ProviderInfo{
		P:                             bridge.ShimProvider(provider.New()),
		Name:                          "random",
		Version:                       version,
		MetadataInfo:                  tfbridge.NewProviderMetadata([]byte("{}")),
		EnableAccuratePFBridgePreview: true,
		Resources: map[string]*tfbridge.ResourceInfo{
			// The only type without a property `id`.
			"random_bytes": {ComputeID: tfbridge.DelegateIDField("base64", "random", "")},
		},
	}
	standard := tokens.MakeStandard("random")
	info.MustComputeTokens(tokens.SingleModule("random_", "index", func(module, name string) (string, error) {
		return standard(module, "Random"+name)
	}))
	bridge.Main(context.Background(), "random", info, bridge.ProviderMetadata{PackageSchema: []byte(`{"name":"random"}`)})
}
