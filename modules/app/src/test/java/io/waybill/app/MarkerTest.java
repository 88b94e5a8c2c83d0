package io.waybill.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkerTest {
  private final Marker marker = new Marker("test");

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "user:", "Bearer "})
  void isFoundInEveryFormWhateverStandsAroundIt(String before) {
    byte[] text = (before + marker.text() + "; and more").getBytes(UTF_8);

    assertThat(marker.isIn(new String(text, UTF_8))).isTrue();
    assertThat(marker.isIn(HexFormat.of().formatHex(text))).isTrue();
    assertThat(marker.isIn(HexFormat.of().withUpperCase().formatHex(text))).isTrue();
    assertThat(marker.isIn(Base64.getEncoder().encodeToString(text))).isTrue();
    assertThat(marker.isIn(Base64.getUrlEncoder().withoutPadding().encodeToString(text))).isTrue();
    assertThat(marker.isIn(HexFormat.of().withPrefix("%").withUpperCase().formatHex(text)))
        .isTrue();
  }

  @Test
  void isNotFoundInAnother() {
    assertThat(marker.isIn(new Marker("other").text())).isFalse();
  }
}
