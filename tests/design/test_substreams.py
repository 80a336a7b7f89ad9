from corrtest.design import substream


def test_a_name_gives_the_same_draws_in_every_process():
    assert substream(7, "level", "124").integers(10**9, size=3).tolist() == [469450433, 503232963, 221831677]


def test_names_are_not_run_together():
    assert substream(1, "ab", "c").random() != substream(1, "a", "bc").random()
    assert substream(1, "a").random() != substream(2, "a").random()
