package io.waybill.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,10.255.0.1,true",
    "10.0.0.0/8,11.0.0.0,false",
    "192.168.4.0/22,192.168.7.255,true",
    "192.168.4.0/22,192.168.8.0,false",
    "10.1.2.3,10.1.2.3,true",
    "10.1.2.3,10.1.2.2,false",
    "0.0.0.0/0,8.8.8.8,true",
    "0.0.0.0/0,2606::1,false",
    "::/0,2606::1,true",
    "fc00::/7,fdff::1,true",
    "10.0.0.0/8,::ffff:10.0.0.1,true",
  })
  void containsItsAddresses(String network, String address, boolean contained) {
    assertThat(Cidr.parse(network).contains(InetAddress.ofLiteral(address))).isEqualTo(contained);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/x",
        "fd00::/129",
        "10.0.0.1/8",
        "/8",
        "10.0.0.0/8/8",
      })
  void refusesWhatIsNoNetwork(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void printsWhatItReads() {
    assertThat(Cidr.parse("10.0.0.0/8")).hasToString("10.0.0.0/8");
  }
}
