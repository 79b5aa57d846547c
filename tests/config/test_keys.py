import stat
import threading

from config.keys import NAMES, ensure_keys, read_key


def test_keys_are_made_once_and_differ(tmp_path):
    ensure_keys(tmp_path)
    first = [read_key(tmp_path, name) for name in NAMES]
    ensure_keys(tmp_path)

    assert [read_key(tmp_path, name) for name in NAMES] == first
    assert len(set(first)) == len(NAMES)
    assert all(len(key) >= 50 for key in first)


def test_keys_are_for_this_user_alone(tmp_path):
    ensure_keys(tmp_path)

    assert {stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) for name in NAMES} == {0o600}
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == sorted(NAMES)


def test_keys_made_by_many_at_once_are_one_set(tmp_path, race_rounds):
    for number in range(race_rounds):
        folder = tmp_path / str(number)
        barrier = threading.Barrier(8)
        seen, errors = [], []

        def make(folder=folder, barrier=barrier, seen=seen, errors=errors):
            try:
                barrier.wait()
                ensure_keys(folder)
                seen.append(tuple(read_key(folder, name) for name in NAMES))
            except OSError as error:
                errors.append(error)

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        assert len(seen) == 8
        assert len(set(seen)) == 1


def test_key_that_is_not_there_reads_as_empty(tmp_path):
    assert read_key(tmp_path, "secret_key") == ""
