"""Random workloads are played from as many seeds as were asked for."""


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        count = metafunc.config.getoption("seeds")
        metafunc.parametrize("seed", range(count), ids="seed {}".format)
