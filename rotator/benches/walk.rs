//! How many worlds the exhaustive check walks through in a second.

#![expect(clippy::expect_used, reason = "a bench may fail loudly")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use rotator::model::{Expect, matrix, walk};

/// Of either kind of memory one that takes tenths of a second.
const ROWS: [&str; 2] = ["document-retire", "ledger-retire"];

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("walk");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(8));
    let matrix = matrix();
    for name in ROWS {
        let row = matrix.iter().find(|row| row.setup.name == name).expect(name);
        let walked = walk(&row.setup);
        let expected = Expect::Holds { worlds: walked.worlds, edges: walked.edges };
        assert_eq!(row.expect, expected, "{name} comes to something else than is pinned");
        group.throughput(Throughput::Elements(walked.worlds as u64));
        group.bench_function(name, |bencher| bencher.iter(|| walk(black_box(&row.setup))));
    }
    group.finish();
}

criterion_group!(walks, benches);
criterion_main!(walks);
