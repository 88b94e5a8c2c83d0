package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "a@x.com, ``, a@x.com",
        "first.last+tag@mail.hospital.com, ``, first.last+tag@mail.hospital.com",
        "Audit@HOSPITAL.Com, ``, Audit@hospital.com",
        "Audit <a@x.com>, Audit, a@x.com",
        "<a@x.com>, ``, a@x.com",
        "`\"Doe, Jane\" <j@x.com>`, `Doe, Jane`, j@x.com",
        "Prüfstelle Nord <a@x.com>, Prüfstelle Nord, a@x.com",
        "o'brien@x-y.co.uk, ``, o'brien@x-y.co.uk",
      })
  void readsOneMailbox(String text, String name, String address) {
    Optional<MailAddress> read = MailAddress.parse(text);

    assertThat(read)
        .contains(new MailAddress(Optional.of(name).filter(it -> !it.isEmpty()), address));
  }

  @DisplayName("rows 39, 106: refuses what is not exactly one mailbox")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a@b",
        "@x.com",
        "a@",
        "a@x.com\r\nBcc: e@x.com",
        "a@x.com\n",
        "a@x.com\u0000",
        "a@x.com,b@x.com",
        "a@x.com b@x.com",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "\"a b\"@x.com",
        "a@@x.com",
        "a@x@y.com",
        ".a@x.com",
        "a.@x.com",
        "a..b@x.com",
        "a@-x.com",
        "a@x-.com",
        "a@x..com",
        "a@x.com.",
        "ä@x.com",
        "a@ü.com",
        " a@x.com",
        "a@x.com ",
        "a@x.com>",
        "A <a@x.com> b",
        "A <a@x.com",
        "A <a@x.com><b@x.com>",
        "A, B <a@x.com>",
        "A\r\nBcc: e@x.com <a@x.com>",
        "A \"B <a@x.com>",
        "A (comment) <a@x.com>",
      })
  void refusesWhatIsNotExactlyOneMailbox(String text) {
    assertThat(MailAddress.parse(text)).isEmpty();
  }

  @Test
  void limitsTheLength() {
    String domain = "x".repeat(60) + "." + "y".repeat(60) + "." + "z".repeat(60) + ".example";

    assertThat(MailAddress.parse("a".repeat(64) + "@" + "x".repeat(60) + ".com")).isPresent();
    assertThat(MailAddress.parse("a".repeat(65) + "@x.com")).isEmpty();
    assertThat(MailAddress.parse("a".repeat(63) + "@" + domain)).isPresent();
    assertThat(MailAddress.parse("a".repeat(64) + "@" + domain)).isEmpty();
    assertThat(MailAddress.parse("n".repeat(201) + " <a@x.com>")).isEmpty();
  }

  @Test
  void showsNoAddress() {
    assertThat(MailAddress.parse("jane@x.com").orElseThrow().toString()).doesNotContain("jane");
  }
}
