package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class HttpSchemaRegistryTest {
  private static final String PASSWORD = "a-password";

  @Test
  void sendsThePasswordOfItsUrlAndNamesItNowhere() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<String> authorizations = new CopyOnWriteArrayList<>();
    server.createContext(
        "/prefix/schemas/ids/7",
        exchange -> {
          authorizations.addAll(exchange.getRequestHeaders().get("Authorization"));
          byte[] answer = "{\"schema\":\"\\\"string\\\"\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    String place = "127.0.0.1:" + server.getAddress().getPort();
    HttpSchemaRegistry registry = registry("http://user:" + PASSWORD + "@" + place + "/prefix/");
    try {
      assertThat(registry.schemaById(7)).isEqualTo("\"string\"");
    } finally {
      server.stop(0);
    }

    assertThat(authorizations)
        .containsExactly(
            "Basic " + Base64.getEncoder().encodeToString(("user:" + PASSWORD).getBytes(UTF_8)));
    assertThat(registry.servers()).hasToString("[http://" + place + "/prefix]");
    assertThatThrownBy(() -> registry.schemaById(8))
        .isInstanceOf(RegistryException.Unavailable.class)
        .hasMessageContaining(place)
        .hasMessageNotContaining(PASSWORD);
  }

  @Test
  void doesNotRepeatAUrlThatIsNone() {
    assertThatThrownBy(() -> registry("http://user:" + PASSWORD + "^@registry:8081"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema.registry.url")
        .hasMessageNotContaining(PASSWORD)
        .hasNoCause();
  }

  private static HttpSchemaRegistry registry(String url) {
    return new HttpSchemaRegistry(Map.of("schema.registry.url", url));
  }
}
