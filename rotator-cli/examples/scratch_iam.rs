use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
use secrecy::ExposeSecret;
use std::time::Duration;
fn main() {
    let arg: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    rt.block_on(async move {
        let settings = Settings {
            latency: Duration::from_millis(arg[1]),
            rate: (arg[2] > 0).then_some(arg[2] as u32),
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings).await.unwrap();
        for i in 0..arg[0] {
            let name = format!("ci-{i:03}");
            let mut a = sandbox.account();
            a.add_user(&name, "/ci/").unwrap();
            if arg[3] > 0 && i % 7 == 3 {
                // two keys nobody remembers: refused
                for age in [40u64, 80] {
                    let p = a.create_key(&name).unwrap();
                    let c = a.now() - Duration::from_secs(age * 86400);
                    a.set_created(&p.id, c).unwrap();
                }
            }
        }
        let _f = (arg[3] > 1).then(|| sandbox.inject(Fault::next("iam:CreateAccessKey", What::AnswerLost)));
        let a = sandbox.admin();
        println!("{} {} {}", sandbox.endpoint(), a.id, a.secret.expose_secret());
        tokio::time::sleep(Duration::from_secs(600)).await;
    });
}
