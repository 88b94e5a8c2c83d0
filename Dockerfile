# The image of every role, and of the command line: docker run --rm waybill:local --help
# docs/guide/docker-compose.md says how it is built and used, docs/deployment.md how it is run elsewhere.

FROM eclipse-temurin:25.0.3_9-jdk-noble AS build
WORKDIR /src
COPY . .
# The wrapper fetches the Maven that .mvn/wrapper names. Tests are run by bin/verify, not here.
RUN --mount=type=cache,target=/libraries \
    ./mvnw -B -ntp -q -DskipTests -Dmaven.repo.local=/libraries -pl modules/app -am \
      package dependency:copy-dependencies -DincludeScope=runtime \
 && mkdir -p /waybill/lib \
 && cp modules/app/target/waybill-app-*.jar modules/app/target/dependency/*.jar /waybill/lib/ \
 && deploy/image/launcher-jar /waybill \
 && cp deploy/image/archive-classes /waybill/

FROM eclipse-temurin:25.0.3_9-jre-noble
# A user without a shell and without rights, with a fixed number so that volumes stay readable over rebuilds. Its
# home and /tmp, where native libraries are unpacked, are the only places that it writes to: the rest of the image can
# be mounted read-only. A new volume mounted at its home takes over owner and mode.
RUN groupadd --gid 10001 waybill \
 && useradd --uid 10001 --gid waybill --no-create-home --home-dir /var/lib/waybill \
      --shell /usr/sbin/nologin waybill \
 && install --directory --owner=waybill --group=waybill --mode=0700 /var/lib/waybill
COPY --from=build /waybill /opt/waybill
# What Java would else read and check at each start. The archive fits this Java, these jars and this collector, and no
# other: with another one Java starts without it, and slower.
RUN /opt/waybill/archive-classes /opt/waybill/waybill.jar /opt/waybill/waybill.jsa \
 && rm /opt/waybill/archive-classes
USER waybill
WORKDIR /var/lib/waybill
# SIGTERM makes a role stop taking work, end what it holds and leave its group, which takes up to 15 s and a
# little: give it 40 (stop_grace_period, docker stop --time). Java is process 1, so that the signal reaches it.
STOPSIGNAL SIGTERM
# Half of the container's memory is heap: RocksDB, network buffers and threads live in the other half. After an
# OutOfMemoryError a JVM is in no known state: it ends, and is started again. JDK_JAVA_OPTIONS adds to these
# flags (-Dwaybill.log.level=DEBUG, say), as WAYBILL_OPTS does for bin/waybill.
ENTRYPOINT ["java", \
  "-XX:SharedArchiveFile=/opt/waybill/waybill.jsa", "-Xshare:auto", \
  "-XX:MaxRAMPercentage=50", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", \
  "--sun-misc-unsafe-memory-access=allow", "-jar", "/opt/waybill/waybill.jar"]
CMD ["--help"]
