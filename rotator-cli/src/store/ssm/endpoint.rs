//! Where Parameter Store is. The rules are those of the token service, which are the same but for the name
//! (a test below compares them with Systems Manager's own, for each region): so which partitions, suffixes
//! and FIPS hosts there are stays with the SDK.

use aws_config::SdkConfig;
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::endpoint::{EndpointFuture, EndpointResolverParams, ResolveEndpoint};
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::endpoint::Endpoint;

/// Tells each call which endpoint was configured.
#[derive(Debug)]
pub(super) struct ToEndpoint(Result<Params, String>);

impl ToEndpoint {
    /// `url` stands in for the service's own endpoint.
    pub(super) fn new(config: &SdkConfig, url: Option<String>) -> Self {
        let params = Params::builder()
            .set_region(config.region().map(ToString::to_string))
            .set_use_fips(config.use_fips())
            .set_use_dual_stack(config.use_dual_stack())
            .set_endpoint(url)
            .use_global_endpoint(false)
            .build();
        Self(params.map_err(|error| error.to_string()))
    }
}

impl Intercept for ToEndpoint {
    fn name(&self) -> &'static str {
        "ToEndpoint"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let params = self.0.clone()?;
        bag.interceptor_state().store_put(EndpointResolverParams::new(params));
        Ok(())
    }
}

/// Resolves them.
#[derive(Debug, Default)]
pub(super) struct Endpoints(DefaultResolver);

impl ResolveEndpoint for Endpoints {
    fn resolve_endpoint<'a>(&'a self, params: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        let Some(params) = params.get::<Params>() else {
            return EndpointFuture::ready(Err("no endpoint was configured".into()));
        };
        EndpointFuture::new(async move {
            let found = self.0.resolve_endpoint(params).await?;
            if params.endpoint().is_some() {
                return Ok(found);
            }
            let region = params.region().unwrap_or_default();
            let url = renamed(found.url(), region)
                .ok_or_else(|| format!("Systems Manager has no endpoint in `{region}`"))?;
            Ok(Endpoint::builder().url(url).build())
        })
    }
}

/// The same host for Systems Manager; none where the token service's is not of a region.
fn renamed(url: &str, region: &str) -> Option<String> {
    let rest = url.strip_prefix("https://sts")?;
    let host = rest.strip_prefix("-fips").unwrap_or(rest).strip_prefix('.')?;
    host.starts_with(&format!("{region}.")).then(|| format!("https://ssm{rest}"))
}

#[cfg(test)]
mod tests {
    use aws_config::Region;
    use aws_sdk_ssm::config::endpoint as generated;
    use generated::ResolveEndpoint as _;

    use super::*;

    /// Of each partition, and of regions that are yet to be.
    const REGIONS: [&str; 24] = [
        "us-east-1",
        "us-east-2",
        "us-west-2",
        "af-south-1",
        "ap-east-1",
        "ap-southeast-7",
        "ca-central-1",
        "eu-central-1",
        "eu-central-9",
        "il-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "cn-north-1",
        "cn-northwest-1",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "us-isof-south-1",
        "eu-isoe-west-1",
        "eusc-de-east-1",
        "xx-nowhere-1",
        "anything",
    ];

    /// The endpoint, or that there is none and why.
    async fn ours(region: &str, fips: bool, dual: bool, url: Option<&str>) -> Result<String, String> {
        let config = SdkConfig::builder()
            .region(Region::new(region.to_owned()))
            .use_fips(fips)
            .use_dual_stack(dual)
            .build();
        let params = ToEndpoint::new(&config, url.map(str::to_owned)).0.unwrap();
        let params = EndpointResolverParams::new(params);
        let found = ResolveEndpoint::resolve_endpoint(&Endpoints::default(), &params).await;
        found.map(|found| found.url().to_owned()).map_err(|error| error.to_string())
    }

    async fn theirs(region: &str, fips: bool, dual: bool, url: Option<&str>) -> Result<String, String> {
        let params = generated::Params::builder()
            .region(region)
            .use_fips(fips)
            .use_dual_stack(dual)
            .set_endpoint(url.map(str::to_owned))
            .build()
            .unwrap();
        let found = generated::DefaultResolver::new();
        let found = found.resolve_endpoint(&params).await;
        found.map(|found| found.url().to_owned()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn each_endpoint_is_the_one_that_the_generated_client_has() {
        let mut hosts = std::collections::BTreeSet::new();
        for region in REGIONS {
            for (fips, dual) in [(false, false), (true, false), (false, true), (true, true)] {
                for url in [None, Some("http://127.0.0.1:4566"), Some("https://vpce.example/ssm")] {
                    let ours = ours(region, fips, dual, url).await;
                    assert_eq!(ours, theirs(region, fips, dual, url).await, "{region} {fips} {dual} {url:?}");
                    hosts.extend(ours);
                }
            }
        }
        assert!(hosts.contains("https://ssm-fips.us-east-1.api.aws"), "{hosts:?}");
        assert!(hosts.contains("https://ssm.us-gov-west-1.amazonaws.com"), "{hosts:?}");
    }

    #[tokio::test]
    async fn what_is_no_region_has_no_endpoint() {
        let told = ours("aws-global", false, false, None).await;
        assert_eq!(told, Err("Systems Manager has no endpoint in `aws-global`".to_owned()));
    }
}
