/**
 * The time zones: every name of the IANA database, older names too, in the order in which they are told, each with the number of its abbreviations. The
 * rules themselves come from the runtime; it does not know how a zone calls its times.
 */

/** Abbreviations with the minutes to UTC for which they stand. Times that a zone only tells as a number, such as `+03`, have none. */
export const ABBREVIATIONS: readonly string[] = [
  'UTC:0',
  'CET:60 CEST:120',
  'GMT:0',
  'EAT:180',
  'WET:0 CET:60 CEST:120',
  'WAT:60',
  'CAT:120',
  'EET:120 EEST:180',
  '',
  'SAST:120',
  'CAT:120 EAT:180',
  'WAT:60 WAST:120',
  'GMT:0 WAT:60',
  'CET:60 EET:120',
  'WAT:60 CAT:120',
  'BST:-660 HST:-600 HDT:-540',
  'AHST:-600 AKST:-540 AKDT:-480',
  'AST:-240',
  'EST:-300',
  'MST:-420 CST:-360 CDT:-300',
  'AST:-240 ADT:-180',
  'CST:-360 CDT:-300',
  'MST:-420 MDT:-360',
  'MST:-420 MDT:-360 EST:-300',
  'CST:-360 EST:-300 EDT:-240',
  'MST:-420',
  'YST:-540 PST:-480 MST:-420',
  'PST:-480 MST:-420',
  'EST:-300 EDT:-240',
  'AST:-240 ADT:-180 ADDT:-120',
  'CST:-300 CDT:-240',
  'CST:-360 CDT:-300 EDT:-240',
  'PST:-480 MST:-420 MDT:-360',
  'AKST:-540 AKDT:-480 PDT:-420',
  'PST:-480 PDT:-420',
  'BST:-660 BDT:-600 AKST:-540 AKDT:-480',
  'CST:-360',
  'EST:-300 AST:-240',
  'NST:-210 NDT:-150 NDDT:-90',
  'MST:-420 CST:-360',
  'AKST:-540 AKDT:-480',
  'AEST:600 AEDT:660',
  'NZST:720 NZDT:780',
  'EET:120',
  'HKT:480 HKST:540',
  'WIB:420',
  'WIT:540',
  'IST:120 IDT:180',
  'PKT:300 PKST:360',
  'IST:330',
  'CST:480 CDT:540',
  'WITA:480',
  'PST:480 PDT:540',
  'WIB:420 WITA:480',
  'KST:510 KST:540',
  'KST:540 KDT:600',
  'JST:540',
  'WEST:60',
  'WET:0 WEST:60',
  'ACST:570 ACDT:630',
  'ACST:570',
  'AEST:600',
  'AWST:480 AWDT:540',
  'EET:120 EEST:180 MSD:240',
  'GMT:0 IST:60',
  'GMT:0 BST:60',
  'EET:120 MSD:240',
  'MSK:180 MSK:240',
  'WET:0 WEST:60 CEST:120',
  'EET:120 MSK:180 MSK:240',
  'CET:60 EET:120 EEST:180 MSD:240',
  'MSK:180',
  'ChST:600 GDT:660',
  'HST:-600',
  'SST:-660',
  'MET:60 MEST:120',
  'MST:-420 MDT:-360 CDT:-300',
];

export const ZONES = `
UTC=0 Europe/Amsterdam=1 Africa/Abidjan=2 Africa/Accra=2 Africa/Addis_Ababa=3 Africa/Algiers=4 Africa/Asmara=3 Africa/Bamako=2
Africa/Bangui=5 Africa/Banjul=2 Africa/Bissau=2 Africa/Blantyre=6 Africa/Brazzaville=5 Africa/Bujumbura=6 Africa/Cairo=7
Africa/Casablanca=8 Africa/Ceuta=4 Africa/Conakry=2 Africa/Dakar=2 Africa/Dar_es_Salaam=3 Africa/Djibouti=3 Africa/Douala=5
Africa/El_Aaiun=8 Africa/Freetown=2 Africa/Gaborone=6 Africa/Harare=6 Africa/Johannesburg=9 Africa/Juba=10 Africa/Kampala=3
Africa/Khartoum=10 Africa/Kigali=6 Africa/Kinshasa=5 Africa/Lagos=5 Africa/Libreville=5 Africa/Lome=2 Africa/Luanda=5
Africa/Lubumbashi=6 Africa/Lusaka=6 Africa/Malabo=5 Africa/Maputo=6 Africa/Maseru=9 Africa/Mbabane=9 Africa/Mogadishu=3
Africa/Monrovia=2 Africa/Nairobi=3 Africa/Ndjamena=11 Africa/Niamey=5 Africa/Nouakchott=2 Africa/Ouagadougou=2 Africa/Porto-Novo=5
Africa/Sao_Tome=12 Africa/Tripoli=13 Africa/Tunis=1 Africa/Windhoek=14 America/Adak=15 America/Anchorage=16 America/Anguilla=17
America/Antigua=17 America/Araguaina=8 America/Argentina/Buenos_Aires=8 America/Argentina/Catamarca=8 America/Argentina/Cordoba=8
America/Argentina/Jujuy=8 America/Argentina/La_Rioja=8 America/Argentina/Mendoza=8 America/Argentina/Rio_Gallegos=8
America/Argentina/Salta=8 America/Argentina/San_Juan=8 America/Argentina/San_Luis=8 America/Argentina/Tucuman=8
America/Argentina/Ushuaia=8 America/Aruba=17 America/Asuncion=8 America/Atikokan=18 America/Bahia=8 America/Bahia_Banderas=19
America/Barbados=20 America/Belem=8 America/Belize=21 America/Blanc-Sablon=17 America/Boa_Vista=8 America/Bogota=8 America/Boise=22
America/Cambridge_Bay=23 America/Campo_Grande=8 America/Cancun=24 America/Caracas=8 America/Cayenne=8 America/Cayman=18
America/Chicago=21 America/Chihuahua=19 America/Costa_Rica=21 America/Creston=25 America/Cuiaba=8 America/Curacao=17
America/Danmarkshavn=2 America/Dawson=26 America/Dawson_Creek=27 America/Denver=22 America/Detroit=28 America/Dominica=17
America/Edmonton=22 America/Eirunepe=8 America/El_Salvador=21 America/Fort_Nelson=27 America/Fortaleza=8 America/Glace_Bay=20
America/Goose_Bay=29 America/Grand_Turk=28 America/Grenada=17 America/Guadeloupe=17 America/Guatemala=21 America/Guayaquil=8
America/Guyana=8 America/Halifax=20 America/Havana=30 America/Hermosillo=22 America/Indiana/Indianapolis=28 America/Indiana/Knox=21
America/Indiana/Marengo=28 America/Indiana/Petersburg=24 America/Indiana/Tell_City=31 America/Indiana/Vevay=28
America/Indiana/Vincennes=24 America/Indiana/Winamac=24 America/Inuvik=32 America/Iqaluit=24 America/Jamaica=28 America/Juneau=33
America/Kentucky/Louisville=28 America/Kentucky/Monticello=24 America/Kralendijk=17 America/La_Paz=8 America/Lima=8
America/Los_Angeles=34 America/Lower_Princes=17 America/Maceio=8 America/Managua=21 America/Manaus=8 America/Marigot=17
America/Martinique=20 America/Matamoros=21 America/Mazatlan=22 America/Menominee=21 America/Merida=21 America/Metlakatla=33
America/Mexico_City=21 America/Miquelon=17 America/Moncton=20 America/Monterrey=21 America/Montevideo=8 America/Montserrat=17
America/Nassau=28 America/New_York=28 America/Nipigon=28 America/Nome=35 America/Noronha=8 America/North_Dakota/Beulah=19
America/North_Dakota/Center=19 America/North_Dakota/New_Salem=19 America/Nuuk=8 America/Ojinaga=19 America/Panama=18
America/Pangnirtung=24 America/Paramaribo=8 America/Phoenix=25 America/Port-au-Prince=28 America/Port_of_Spain=17 America/Porto_Velho=8
America/Puerto_Rico=17 America/Punta_Arenas=8 America/Rainy_River=21 America/Rankin_Inlet=21 America/Recife=8 America/Regina=36
America/Resolute=21 America/Rio_Branco=8 America/Santarem=8 America/Santiago=8 America/Santo_Domingo=37 America/Sao_Paulo=8
America/Scoresbysund=8 America/Sitka=33 America/St_Barthelemy=17 America/St_Johns=38 America/St_Kitts=17 America/St_Lucia=17
America/St_Thomas=17 America/St_Vincent=17 America/Swift_Current=39 America/Tegucigalpa=21 America/Thule=20 America/Thunder_Bay=28
America/Tijuana=34 America/Toronto=28 America/Tortola=17 America/Vancouver=34 America/Whitehorse=27 America/Winnipeg=21
America/Yakutat=40 America/Yellowknife=22 Antarctica/Casey=8 Antarctica/Davis=8 Antarctica/DumontDUrville=8 Antarctica/Macquarie=41
Antarctica/Mawson=8 Antarctica/McMurdo=42 Antarctica/Palmer=8 Antarctica/Rothera=8 Antarctica/Syowa=8 Antarctica/Troll=8
Antarctica/Vostok=8 Arctic/Longyearbyen=1 Asia/Aden=8 Asia/Almaty=8 Asia/Amman=43 Asia/Anadyr=8 Asia/Aqtau=8 Asia/Aqtobe=8
Asia/Ashgabat=8 Asia/Atyrau=8 Asia/Baghdad=8 Asia/Bahrain=8 Asia/Baku=8 Asia/Bangkok=8 Asia/Barnaul=8 Asia/Beirut=7 Asia/Bishkek=8
Asia/Brunei=8 Asia/Chita=8 Asia/Choibalsan=8 Asia/Colombo=8 Asia/Damascus=43 Asia/Dhaka=8 Asia/Dili=8 Asia/Dubai=8 Asia/Dushanbe=8
Asia/Famagusta=7 Asia/Gaza=7 Asia/Hebron=7 Asia/Ho_Chi_Minh=8 Asia/Hong_Kong=44 Asia/Hovd=8 Asia/Irkutsk=8 Asia/Jakarta=45
Asia/Jayapura=46 Asia/Jerusalem=47 Asia/Kabul=8 Asia/Kamchatka=8 Asia/Karachi=48 Asia/Kathmandu=8 Asia/Khandyga=8 Asia/Kolkata=49
Asia/Krasnoyarsk=8 Asia/Kuala_Lumpur=8 Asia/Kuching=8 Asia/Kuwait=8 Asia/Macau=50 Asia/Magadan=8 Asia/Makassar=51 Asia/Manila=52
Asia/Muscat=8 Asia/Nicosia=7 Asia/Novokuznetsk=8 Asia/Novosibirsk=8 Asia/Omsk=8 Asia/Oral=8 Asia/Phnom_Penh=8 Asia/Pontianak=53
Asia/Pyongyang=54 Asia/Qatar=8 Asia/Qostanay=8 Asia/Qyzylorda=8 Asia/Riyadh=8 Asia/Sakhalin=8 Asia/Samarkand=8 Asia/Seoul=55
Asia/Shanghai=50 Asia/Singapore=8 Asia/Srednekolymsk=8 Asia/Taipei=50 Asia/Tashkent=8 Asia/Tbilisi=8 Asia/Tehran=8 Asia/Thimphu=8
Asia/Tokyo=56 Asia/Tomsk=8 Asia/Ulaanbaatar=8 Asia/Urumqi=8 Asia/Ust-Nera=8 Asia/Vientiane=8 Asia/Vladivostok=8 Asia/Yakutsk=8
Asia/Yangon=8 Asia/Yekaterinburg=8 Asia/Yerevan=8 Atlantic/Azores=57 Atlantic/Bermuda=20 Atlantic/Canary=58 Atlantic/Cape_Verde=8
Atlantic/Faroe=58 Atlantic/Madeira=58 Atlantic/Reykjavik=2 Atlantic/South_Georgia=8 Atlantic/St_Helena=2 Atlantic/Stanley=8
Australia/Adelaide=59 Australia/Brisbane=41 Australia/Broken_Hill=59 Australia/Currie=41 Australia/Darwin=60 Australia/Eucla=8
Australia/Hobart=41 Australia/Lindeman=41 Australia/Lord_Howe=61 Australia/Melbourne=41 Australia/Perth=62 Australia/Sydney=41
Canada/Atlantic=20 Canada/Central=21 Canada/Eastern=28 Canada/Mountain=22 Canada/Newfoundland=38 Canada/Pacific=34 Europe/Andorra=1
Europe/Astrakhan=8 Europe/Athens=7 Europe/Belgrade=1 Europe/Berlin=1 Europe/Bratislava=1 Europe/Brussels=1 Europe/Bucharest=7
Europe/Budapest=1 Europe/Busingen=1 Europe/Chisinau=63 Europe/Copenhagen=1 Europe/Dublin=64 Europe/Gibraltar=1 Europe/Guernsey=65
Europe/Helsinki=7 Europe/Isle_of_Man=65 Europe/Istanbul=43 Europe/Jersey=65 Europe/Kaliningrad=66 Europe/Kiev=63 Europe/Kirov=67
Europe/Lisbon=68 Europe/Ljubljana=1 Europe/London=65 Europe/Luxembourg=1 Europe/Madrid=1 Europe/Malta=1 Europe/Mariehamn=7
Europe/Minsk=66 Europe/Monaco=1 Europe/Moscow=69 Europe/Oslo=1 Europe/Paris=1 Europe/Podgorica=1 Europe/Prague=1 Europe/Riga=63
Europe/Rome=1 Europe/Samara=8 Europe/San_Marino=1 Europe/Sarajevo=1 Europe/Saratov=8 Europe/Simferopol=69 Europe/Skopje=1 Europe/Sofia=7
Europe/Stockholm=1 Europe/Tallinn=63 Europe/Tirane=1 Europe/Ulyanovsk=8 Europe/Uzhgorod=63 Europe/Vaduz=1 Europe/Vatican=1
Europe/Vienna=1 Europe/Vilnius=70 Europe/Volgograd=71 Europe/Warsaw=1 Europe/Zagreb=1 Europe/Zaporozhye=63 Europe/Zurich=1 GMT=2
Indian/Antananarivo=3 Indian/Chagos=8 Indian/Christmas=8 Indian/Cocos=8 Indian/Comoro=3 Indian/Kerguelen=8 Indian/Mahe=8
Indian/Maldives=8 Indian/Mauritius=8 Indian/Mayotte=3 Indian/Reunion=8 Pacific/Apia=8 Pacific/Auckland=42 Pacific/Bougainville=8
Pacific/Chatham=8 Pacific/Chuuk=8 Pacific/Easter=8 Pacific/Efate=8 Pacific/Enderbury=8 Pacific/Fakaofo=8 Pacific/Fiji=8
Pacific/Funafuti=8 Pacific/Galapagos=8 Pacific/Gambier=8 Pacific/Guadalcanal=8 Pacific/Guam=72 Pacific/Honolulu=73 Pacific/Kiritimati=8
Pacific/Kosrae=8 Pacific/Kwajalein=8 Pacific/Majuro=8 Pacific/Marquesas=8 Pacific/Midway=74 Pacific/Nauru=8 Pacific/Niue=8
Pacific/Norfolk=8 Pacific/Noumea=8 Pacific/Pago_Pago=74 Pacific/Palau=8 Pacific/Pitcairn=8 Pacific/Pohnpei=8 Pacific/Port_Moresby=8
Pacific/Rarotonga=8 Pacific/Saipan=72 Pacific/Tahiti=8 Pacific/Tarawa=8 Pacific/Tongatapu=8 Pacific/Wake=8 Pacific/Wallis=8 US/Alaska=16
US/Arizona=25 US/Central=21 US/Eastern=28 US/Hawaii=73 US/Mountain=22 US/Pacific=34 Africa/Asmera=3 Africa/Timbuktu=2
America/Argentina/ComodRivadavia=8 America/Atka=15 America/Buenos_Aires=8 America/Catamarca=8 America/Coral_Harbour=18 America/Cordoba=8
America/Ensenada=34 America/Fort_Wayne=28 America/Godthab=8 America/Indianapolis=28 America/Jujuy=8 America/Knox_IN=21
America/Louisville=28 America/Mendoza=8 America/Montreal=28 America/Porto_Acre=8 America/Rosario=8 America/Santa_Isabel=34
America/Shiprock=22 America/Virgin=17 Antarctica/South_Pole=42 Asia/Ashkhabad=8 Asia/Calcutta=49 Asia/Chongqing=50 Asia/Chungking=50
Asia/Dacca=8 Asia/Harbin=50 Asia/Istanbul=43 Asia/Kashgar=8 Asia/Katmandu=8 Asia/Macao=50 Asia/Rangoon=8 Asia/Saigon=8 Asia/Tel_Aviv=47
Asia/Thimbu=8 Asia/Ujung_Pandang=51 Asia/Ulan_Bator=8 Atlantic/Faeroe=58 Atlantic/Jan_Mayen=1 Australia/ACT=41 Australia/Canberra=41
Australia/LHI=61 Australia/NSW=41 Australia/North=60 Australia/Queensland=41 Australia/South=59 Australia/Tasmania=41
Australia/Victoria=41 Australia/West=62 Australia/Yancowinna=59 Brazil/Acre=8 Brazil/DeNoronha=8 Brazil/East=8 Brazil/West=8 CET=1
CST6CDT=21 Canada/Saskatchewan=36 Canada/Yukon=27 Chile/Continental=8 Chile/EasterIsland=8 Cuba=30 EET=7 EST=18 EST5EDT=28 Egypt=7
Eire=64 Etc/GMT=2 Etc/GMT+0=2 Etc/GMT+1=8 Etc/GMT+10=8 Etc/GMT+11=8 Etc/GMT+12=8 Etc/GMT+2=8 Etc/GMT+3=8 Etc/GMT+4=8 Etc/GMT+5=8
Etc/GMT+6=8 Etc/GMT+7=8 Etc/GMT+8=8 Etc/GMT+9=8 Etc/GMT-0=2 Etc/GMT-1=8 Etc/GMT-10=8 Etc/GMT-11=8 Etc/GMT-12=8 Etc/GMT-13=8 Etc/GMT-14=8
Etc/GMT-2=8 Etc/GMT-3=8 Etc/GMT-4=8 Etc/GMT-5=8 Etc/GMT-6=8 Etc/GMT-7=8 Etc/GMT-8=8 Etc/GMT-9=8 Etc/GMT0=2 Etc/Greenwich=2 Etc/UCT=0
Etc/UTC=0 Etc/Universal=0 Etc/Zulu=0 Europe/Belfast=65 Europe/Nicosia=7 Europe/Tiraspol=63 GB=65 GB-Eire=65 GMT+0=2 GMT-0=2 GMT0=2
Greenwich=2 HST=73 Hongkong=44 Iceland=2 Iran=8 Israel=47 Jamaica=28 Japan=56 Kwajalein=8 Libya=13 MET=75 MST=25 MST7MDT=22
Mexico/BajaNorte=34 Mexico/BajaSur=22 Mexico/General=21 NZ=42 NZ-CHAT=8 Navajo=22 PRC=50 PST8PDT=34 Pacific/Johnston=73 Pacific/Ponape=8
Pacific/Samoa=74 Pacific/Truk=8 Pacific/Yap=8 Poland=1 Portugal=68 ROC=50 ROK=55 Singapore=8 Turkey=43 UCT=0 US/Aleutian=15
US/East-Indiana=28 US/Indiana-Starke=21 US/Michigan=28 US/Samoa=74 Universal=0 W-SU=69 WET=58 Zulu=0 America/Ciudad_Juarez=76
Europe/Kyiv=63 Pacific/Kanton=8 America/Coyhaique=8
`;
