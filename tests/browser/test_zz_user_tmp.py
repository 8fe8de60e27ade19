import time, sqlite3
from playwright.sync_api import expect
from tests.browser.running_console import wait_until

def test_real(console, signed_in):
    page = signed_in
    wait_until(lambda: console._rows("select count(*) from pools_traveleruser where pool_id is not null")[0][0] > 0)
    pk = console._rows("select u.id from pools_traveleruser u join pools_device d on d.user_id=u.id where u.pool_id is not null limit 1")[0][0]
    began = time.monotonic()
    page.goto(f"{console.url}/users/{pk}/")
    expect(page.get_by_text("new mail is watched for")).to_be_visible(timeout=60000)
    print("SECONDS", time.monotonic() - began)
    print(console._rows("select name,address,master_name,master_since,master_server_id,mail_access,details_failure from pools_traveleruser where id=?", pk))
    page.screenshot(path="/tmp/userpage_shots/real.png", full_page=True)
