//! CloudTrail as people have it: delivered files, folders of them, bare arrays, JSON lines, `lookup-events`.
