package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The schemas that editors are given are those of this version. To write them anew: {@code mvn -pl
 * modules/wire -am test -Dtest=FormatSchemasTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dwaybill.schemas.write=true}.
 */
class FormatSchemasTest {
  private static final Path FOLDER = Path.of("..", "..", "docs", "schemas");

  @ParameterizedTest
  @ValueSource(strings = {"destination", "request"})
  void whatIsShippedIsWhatIsDeclared(String name) throws IOException {
    String generated =
        name.equals("request") ? FormatSchemas.request() : FormatSchemas.destination();
    Path file = FOLDER.resolve(name + ".schema.json");
    if (Boolean.getBoolean("waybill.schemas.write")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, generated);
    }
    assertThat(file).as("see this test's description").hasContent(generated);
  }
}
