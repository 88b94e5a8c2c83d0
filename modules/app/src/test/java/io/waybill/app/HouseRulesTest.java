package io.waybill.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The one-way street of modules, and a few rules of the house. The module poms hold the rest. */
class HouseRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.waybill");

  /** What each package of ours may see of ours, beside itself. */
  private static final Map<String, String[]> MAY_SEE =
      Map.ofEntries(
          Map.entry("domain", new String[] {}),
          Map.entry("wire", new String[] {"domain", "avro"}),
          Map.entry("avro", new String[] {}),
          Map.entry("secrets", new String[] {"domain"}),
          Map.entry("guard", new String[] {"domain"}),
          Map.entry("client", new String[] {"domain", "wire", "secrets"}),
          Map.entry("channel", new String[] {"domain", "guard"}),
          Map.entry("destinations", new String[] {"domain", "wire"}),
          Map.entry("fanout", new String[] {"domain", "wire"}),
          Map.entry("timer", new String[] {"domain", "wire"}),
          Map.entry("status", new String[] {"domain", "wire"}),
          Map.entry("sender", new String[] {"domain", "wire", "channel"}),
          Map.entry("embedded", new String[] {"wire"}),
          // A program of its own, which stands in for what others wrote.
          Map.entry("locals3", new String[] {}),
          // Judges from outside: a mistake that it shared with what it judges would stay unseen.
          Map.entry("checker", new String[] {}));

  static Stream<Named<ArchRule>> rules() {
    Stream<Named<ArchRule>> street =
        MAY_SEE.entrySet().stream()
            .map(entry ->
                Named.of(
                    entry.getKey() + " sees only what it may",
                    oneWay(entry.getKey(), entry.getValue())));
    Stream<Named<ArchRule>> house =
        Stream.of(
            Named.of(
                "domain needs the JDK and jspecify only",
                classes()
                    .that()
                    .resideInAPackage("io.waybill.domain..")
                    .should()
                    .onlyDependOnClassesThat()
                    // The last is the JDK's, too: its certificates give names in it.
                    .resideInAnyPackage(
                        "io.waybill.domain..",
                        "java..",
                        "org.jspecify..",
                        "javax.security.auth.x500..")),
            Named.of(
                "generated Avro classes are seen by wire only",
                noClasses()
                    .that()
                    .resideOutsideOfPackages("io.waybill.wire..", "io.waybill.avro..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.waybill.avro..")),
            Named.of(
                "channels and their guard know no Kafka",
                noClasses()
                    .that()
                    .resideInAnyPackage("io.waybill.channel..", "io.waybill.guard..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.kafka..")),
            Named.of(
                "channels do not know each other",
                slices().matching("io.waybill.channel.(*)..").should().notDependOnEachOther()),
            Named.of(
                "what services link needs no Kafka Streams",
                noClasses()
                    .that()
                    .resideInAnyPackage(
                        "io.waybill.domain..",
                        "io.waybill.wire..",
                        "io.waybill.secrets..",
                        "io.waybill.client..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.kafka.streams..")),
            Named.of(
                "only the destinations' channel opens seals",
                noClasses()
                    .that()
                    .resideInAnyPackage(
                        "io.waybill.fanout..",
                        "io.waybill.timer..",
                        "io.waybill.status..",
                        "io.waybill.destinations..",
                        "io.waybill.sender..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.waybill.secrets..")),
            Named.of(
                "no cycles between packages",
                slices().matching("io.waybill.(**)").should().beFreeOfCycles()),
            Named.of(
                "logging is SLF4J", GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING),
            Named.of(
                "nothing is printed past the command line's writers",
                noClasses()
                    .that()
                    .resideOutsideOfPackages("io.waybill.testkit..", "io.waybill.locals3..")
                    .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)),
            Named.of(
                "configurations are records",
                classes()
                    .that()
                    .resideInAPackage("io.waybill..")
                    .and()
                    .resideOutsideOfPackage("io.waybill.avro..")
                    .and()
                    .haveSimpleNameEndingWith("Config")
                    .and()
                    .areNotInterfaces()
                    .should()
                    .beRecords()));
    return Stream.concat(street, house);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holds(ArchRule rule) {
    rule.check(CLASSES);
  }

  @Test
  void looksAtAllPackages() {
    assertThat(MAY_SEE.keySet())
        .allSatisfy(name ->
            assertThat(CLASSES.stream())
                .as(name)
                .anyMatch(type -> type.getPackageName().startsWith("io.waybill." + name)));
  }

  private static ArchRule oneWay(String name, String[] others) {
    String[] allowed = new String[others.length + 1];
    for (int i = 0; i < others.length; i++) {
      allowed[i] = "io.waybill." + others[i] + "..";
    }
    allowed[others.length] = "io.waybill." + name + "..";
    return noClasses()
        .that()
        .resideInAPackage("io.waybill." + name + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.waybill..").and(resideOutsideOfPackages(allowed)));
  }
}
