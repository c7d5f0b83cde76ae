//! `rotator policy`: the least IAM policy for a configuration. It reads options and the SDK's region, and
//! calls nobody.

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;

use super::Ended;
use crate::args::{AwsArgs, PolicyArgs};
use crate::exit::Exit;
use crate::policy::{Wanted, Where, partition_of, policy};
use crate::say;
use crate::settings::{Settings, iam_path};

/// Prints the policy on stdout, and on stderr what a person should know about it.
///
/// # Errors
/// [`Ended::Usage`]: options that make no sense together.
pub async fn run(args: PolicyArgs) -> Result<Exit, Ended> {
    let PolicyArgs { tasks, account, partition, rotate } = args;
    let settings = Settings::new(&rotate.store, &rotate.times, false).map_err(Ended::Usage)?;
    let path = iam_path(rotate.path.as_deref().unwrap_or_default()).map_err(Ended::Usage)?;
    let region = region(&rotate.aws).await;
    let partition = partition.unwrap_or_else(|| partition_of(region.as_deref()).to_owned());
    let document = policy(&Wanted {
        tasks: &tasks,
        dry_run: rotate.dry_run,
        path: &path,
        recursive: rotate.recursive,
        settings: &settings,
        place: &Where { account, region, partition },
    });
    let document = document.map_err(Ended::Usage)?;
    for note in &document.notes {
        say::err(&format!("note: {note}"));
    }
    if rotate.store.outfile.is_some() {
        say::err("note: -o is the document that `rotate` hands over in; the policy is on stdout");
    }
    say::out(&format!("{:#}", document.json()));
    Ok(Exit::Done)
}

/// The region as a run would have it, but for what only an instance's metadata tells.
async fn region(aws: &AwsArgs) -> Option<String> {
    if aws.region.is_some() {
        return aws.region.clone();
    }
    // As in the SDK's own chain, the environment goes before a profile.
    let environment = EnvironmentVariableRegionProvider::new().region().await;
    let region = match environment {
        Some(region) => Some(region),
        None => {
            let mut profile = ProfileFileRegionProvider::builder();
            if let Some(name) = &aws.profile {
                profile = profile.profile_name(name);
            }
            profile.build().region().await
        }
    };
    region.map(|region| region.to_string())
}
